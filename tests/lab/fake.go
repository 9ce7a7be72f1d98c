package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
)

// Fake nodes: kwok plays their kubelet. It starts nothing, it only writes
// what a kubelet would write, so that one machine carries thousands of pods.

// kwokStages say how fake nodes and pods live.
//
//go:embed kwok-stages.yaml
var kwokStages string

// The annotation makes kwok care for a node; the taint keeps pods away that
// do not ask for a fake one.
const fakeKey, fakeValue = "kwok.x-k8s.io/node", "fake"

func fakeNodeName(i int) string { return fmt.Sprintf("fake-%d", i) }

func fakeNode(i int) map[string]any {
	capacity := map[string]any{"cpu": "1000", "memory": "4Ti", "pods": "20000"}
	return map[string]any{
		"apiVersion": "v1",
		"kind":       "Node",
		"metadata": map[string]any{
			"name":        fakeNodeName(i),
			"annotations": map[string]any{fakeKey: fakeValue},
			"labels":      map[string]any{"type": "kwok", "kubernetes.io/hostname": fakeNodeName(i), "kubernetes.io/os": "linux"},
		},
		"spec":   map[string]any{"taints": []any{map[string]any{"key": fakeKey, "value": fakeValue, "effect": "NoSchedule"}}},
		"status": map[string]any{"capacity": capacity, "allocatable": capacity},
	}
}

// addFakeNodes brings the cluster to its number of fake nodes and waits until
// they are ready.
func (l *Lab) addFakeNodes(ctx context.Context) error {
	if l.Nodes == 0 {
		return nil
	}
	kwok, err := findComponent("kwok")
	if err != nil {
		return err
	}
	if err := l.startComponent(ctx, kwok); err != nil {
		return err
	}
	a, err := l.api()
	if err != nil {
		return err
	}
	for i := range l.Nodes {
		err := a.call(ctx, http.MethodPost, "/api/v1/nodes", fakeNode(i), nil)
		if err != nil && !errors.Is(err, errConflict) {
			return err
		}
	}
	for i := range l.Nodes {
		err := l.await(ctx, "kwok", func(ctx context.Context) error {
			var fake node
			if err := a.call(ctx, http.MethodGet, "/api/v1/nodes/"+fakeNodeName(i), nil, &fake); err != nil {
				return err
			}
			if !fake.ready() {
				return fmt.Errorf("%s is not ready", fakeNodeName(i))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
