//! The fake on a port of 127.0.0.1, for the real binary.

use std::net::SocketAddr;
use std::ops::Deref;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tower::Service;

use super::Fake;

/// A [`Fake`] that listens, on a thread of its own, until it is dropped.
pub(crate) struct Server {
    fake: Fake,
    address: SocketAddr,
    orders: Option<UnboundedSender<Order>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

enum Order {
    /// Close the port and all connections, for this long or until [`Order::Open`].
    Close(Option<Duration>),
    Open,
}

impl Deref for Server {
    type Target = Fake;
    fn deref(&self) -> &Fake {
        &self.fake
    }
}

impl Server {
    pub(crate) fn start() -> Self {
        let fake = Fake::new();
        let (orders, inbox) = unbounded_channel();
        let (ready, address) = std::sync::mpsc::channel();
        let served = fake.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).listen(1024).expect("a listener");
                ready.send(listener.local_addr().expect("an address")).expect("the test waits");
                run(&served, listener, inbox).await;
            });
            // Hooks or hung requests must not keep a finished test waiting.
            runtime.shutdown_background();
        });
        let address = address.recv().expect("the server starts");
        Self { fake, address, orders: Some(orders), thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// A kubeconfig with one context, `fake`, in the namespace `default`, and the token `t`.
    pub(crate) fn kubeconfig(&self) -> String {
        kubeconfig(&self.url())
    }

    /// Connections are cut and new ones refused, until [`Self::open`].
    pub(crate) fn close(&self) {
        self.order(Order::Close(None));
        // The order takes effect on the other thread; connecting shows when.
        while std::net::TcpStream::connect(self.address).is_ok() {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn open(&self) {
        self.order(Order::Open);
    }

    /// Closes, and comes back on the same port by itself after this time. Returns at once.
    pub(crate) fn restart(&self, down: Duration) {
        self.order(Order::Close(Some(down)));
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            let _ = orders.send(order);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A kubeconfig for any server.
pub(crate) fn kubeconfig(url: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: fake\n\
         clusters:\n- name: fake\n  cluster:\n    server: {url}\n\
         contexts:\n- name: fake\n  context:\n    cluster: fake\n    user: u\n    namespace: default\n\
         users:\n- name: u\n  user:\n    token: t\n"
    )
}

/// A socket that holds the port; it refuses connections as long as nobody listens on it.
fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option");
    socket.bind(address).expect("a free port");
    socket
}

enum Door {
    Open(TcpListener),
    Closed(TcpSocket),
}

async fn run(fake: &Fake, listener: TcpListener, mut inbox: UnboundedReceiver<Order>) {
    let address = listener.local_addr().expect("an address");
    let mut door = Door::Open(listener);
    let mut connections = JoinSet::new();
    let mut reopen_at = None;
    loop {
        let accepted = async {
            match &door {
                Door::Open(listener) => listener.accept().await,
                Door::Closed(_) => std::future::pending().await,
            }
        };
        let reopen = async {
            match reopen_at {
                Some(time) => tokio::time::sleep_until(time).await,
                None => std::future::pending().await,
            }
        };
        let order = tokio::select! {
            Ok((stream, _)) = accepted => {
                let fake = fake.clone();
                connections.spawn(async move {
                    let service = service_fn(move |request| fake.clone().call(request));
                    // It fails when a fault cuts the connection or the client goes away.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
                continue;
            }
            () = reopen => Order::Open,
            order = inbox.recv() => match order {
                Some(order) => order,
                None => return,
            },
        };
        door = match (order, door) {
            (Order::Close(down), Door::Open(listener)) => {
                reopen_at = down.map(|down| tokio::time::Instant::now() + down);
                drop(listener);
                connections.shutdown().await;
                Door::Closed(bind(address))
            }
            (Order::Open, Door::Closed(socket)) => {
                reopen_at = None;
                Door::Open(socket.listen(1024).expect("a listener"))
            }
            (_, door) => door,
        };
    }
}
