//! The events about the Job.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Event;
use serde::Deserialize as _;
use serde_json::Value;

use super::Events;
use super::page::Page;
use crate::human;
use crate::text::shown;

/// The block `Events`, oldest first.
///
/// # Errors
/// An event has not the shape of one.
pub(super) fn show(page: &mut Page, events: &Events<'_>, now: Timestamp) -> Result<(), serde_json::Error> {
    match events {
        Events::Read([]) => page.field(0, "Events", "<none>"),
        Events::Read(events) => table(page, events, now)?,
        Events::Unreadable(why) => page.field(0, "Events", format!("<could not be read: {}>", shown(why))),
    }
    Ok(())
}

fn table(page: &mut Page, events: &[Value], now: Timestamp) -> Result<(), serde_json::Error> {
    let mut events: Vec<Event> = events.iter().map(Event::deserialize).collect::<Result<_, _>>()?;
    // Events of events/v1 have no such time and come first, as in kubectl. Its sort is not stable; this one is.
    events.sort_by_key(|event| event.last_timestamp.as_ref().map(|time| time.0));
    page.line(0, "Events:");
    page.row(1, &["Type", "Reason", "Age", "From", "Message"]);
    page.row(1, &["----", "------", "----", "----", "-------"]);
    for event in &events {
        let [kind, reason] = [&event.type_, &event.reason].map(|text| text.as_deref().unwrap_or_default());
        page.row(1, &[kind, reason, &age(event, now), source(event), &message(event)]);
    }
    Ok(())
}

/// When it was seen last, how often, and since when.
fn age(event: &Event, now: Timestamp) -> String {
    let ago = |time: Option<Timestamp>| time.map_or("<unknown>".to_owned(), |time| human::since(time, now));
    let first = event.event_time.as_ref().map(|time| time.0).or(event.first_timestamp.as_ref().map(|time| time.0));
    let count = event.count.unwrap_or_default();
    if let Some(series) = &event.series {
        let last = series.last_observed_time.as_ref().map(|time| time.0);
        format!("{} (x{} over {})", ago(last), series.count.unwrap_or_default(), ago(first))
    } else if count > 1 {
        format!("{} (x{count} over {})", ago(event.last_timestamp.as_ref().map(|time| time.0)), ago(first))
    } else {
        ago(first)
    }
}

fn source(event: &Event) -> &str {
    let component = event.source.as_ref().and_then(|source| source.component.as_deref());
    component.filter(|component| !component.is_empty()).or(event.reporting_component.as_deref()).unwrap_or_default()
}

fn message(event: &Event) -> String {
    let message = event.message.as_deref().unwrap_or_default().trim();
    match event.involved_object.field_path.as_deref() {
        None | Some("") => message.to_owned(),
        Some(path) => format!("{path}: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(events: &Events<'_>, want: &str) {
        let mut page = Page::default();
        show(&mut page, events, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(page.finish(), want);
    }

    #[test]
    fn unread_events_are_not_called_none() {
        case(&Events::Read(&[]), "Events:  <none>\n");
        case(
            &Events::Unreadable("events is\nforbidden".to_owned()),
            "Events:  <could not be read: events is\\nforbidden>\n",
        );
    }

    #[test]
    fn what_is_no_event_is_an_error() {
        let events = [serde_json::json!({"involvedObject": 3})];
        let mut page = Page::default();
        assert!(show(&mut page, &Events::Read(&events), Timestamp::UNIX_EPOCH).is_err());
    }
}
