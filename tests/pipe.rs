//! A stream of a child process, read by a thread of its own; both test harnesses have it.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a child has written so far.
pub(crate) struct Pipe(Arc<(Mutex<Received>, Condvar)>);

#[derive(Default)]
struct Received {
    bytes: Vec<u8>,
    ended: bool,
}

impl Pipe {
    pub(crate) fn drain(mut from: impl Read + Send + 'static) -> Self {
        let shared = Arc::new((Mutex::new(Received::default()), Condvar::new()));
        let writer = shared.clone();
        std::thread::spawn(move || {
            let mut chunk = vec![0; 65536];
            loop {
                let count = from.read(&mut chunk).unwrap_or(0);
                let mut received = lock(&writer.0);
                received.bytes.extend_from_slice(&chunk[..count]);
                received.ended = count == 0;
                writer.1.notify_all();
                if count == 0 {
                    return;
                }
            }
        });
        Self(shared)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&lock(&self.0.0).bytes).into_owned()
    }

    /// False where the stream ended, or the limit was reached, without it.
    pub(crate) fn wait_for(&self, text: &str, limit: Duration) -> bool {
        let missing =
            |received: &mut Received| !received.ended && !String::from_utf8_lossy(&received.bytes).contains(text);
        let received = self.0.1.wait_timeout_while(lock(&self.0.0), limit, missing);
        drop(received.unwrap_or_else(PoisonError::into_inner));
        self.text().contains(text)
    }

    /// All of it.
    #[track_caller]
    pub(crate) fn to_the_end(&self, limit: Duration) -> Vec<u8> {
        let reading = |received: &mut Received| !received.ended;
        let received = self.0.1.wait_timeout_while(lock(&self.0.0), limit, reading);
        let (mut received, timeout) = received.unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "something keeps the output open: {}", String::from_utf8_lossy(&received.bytes));
        std::mem::take(&mut received.bytes)
    }
}

/// The value, also where a test that held it has failed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
