//! A vendor on this machine: it answers as its documentation says, counts its limits, and fails on demand.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Time that the test lets pass, in milliseconds since 1970.
pub(super) type Hands = Arc<AtomicI64>;

/// One request, read to its end.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// Decoded, without the query.
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    /// Names in lower case.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) text: String,
}

impl Request {
    /// The body as JSON; null if it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(super) fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// `POST` and the parts of the path.
    pub(super) fn route(&self) -> (&str, Vec<&str>) {
        (&self.method, self.path.trim_matches('/').split('/').collect())
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string() }
    }
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    RateLimited {
        retry_after: u32,
    },
    /// Nothing was done.
    Failed500,
    /// It was done all the same.
    Failed500AfterAll,
    /// The token has ended, or was revoked for a moment.
    Unauthorized,
    /// The connection is cut before anything was done.
    CutBefore,
    /// It was done, and the connection is cut before the answer.
    CutAfter,
    /// It was done, and half of the answer comes.
    CutWithin,
    /// It was done, and no answer comes until the client goes.
    Hang,
    /// It was done, and something else than the documented form is answered.
    OddAnswer,
}

impl Fault {
    pub(super) const ALL: [Self; 9] = [
        Self::RateLimited { retry_after: 7 },
        Self::Failed500,
        Self::Failed500AfterAll,
        Self::Unauthorized,
        Self::CutBefore,
        Self::CutAfter,
        Self::CutWithin,
        Self::OddAnswer,
        Self::Hang,
    ];
}

/// A limit as the vendor documents it.
pub(super) struct Limit {
    pub(super) counts: fn(&Request) -> bool,
    pub(super) requests: usize,
    pub(super) window_ms: i64,
}

/// An entry a vendor keeps, by the key of what it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) kind: &'static str,
    pub(super) key: String,
}

/// One vendor's rules.
pub(super) trait Vendor: Send {
    fn answer(&mut self, request: &Request, now: i64) -> Reply;
    fn unauthorized(&self) -> Reply;
    /// Everything written, in the order it was.
    fn entries(&self) -> Vec<Entry>;
    fn limits(&self) -> Vec<Limit>;
}

type Faults = Box<dyn FnMut(&Request) -> Option<Fault> + Send>;

struct Desk {
    vendor: Box<dyn Vendor>,
    faults: Faults,
    requests: Vec<Request>,
    /// When each was counted, by limit.
    counted: Vec<Vec<i64>>,
    too_often: usize,
}

/// A vendor that serves until the test ends.
#[derive(Clone)]
pub(super) struct StandIn {
    pub(super) url: String,
    desk: Arc<Mutex<Desk>>,
    open: Arc<AtomicUsize>,
}

impl StandIn {
    pub(super) async fn start(vendor: impl FnOnce(&str) -> Box<dyn Vendor>, hands: Hands) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let vendor = vendor(&url);
        let counted = vendor.limits().iter().map(|_| Vec::new()).collect();
        let faults: Faults = Box::new(|_| None);
        let desk = Arc::new(Mutex::new(Desk { vendor, faults, requests: Vec::new(), counted, too_often: 0 }));
        let open = Arc::new(AtomicUsize::new(0));
        let (serving, held) = (Arc::clone(&desk), Arc::clone(&open));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                held.fetch_add(1, Ordering::SeqCst);
                let (desk, open, hands) = (Arc::clone(&serving), Arc::clone(&held), Arc::clone(&hands));
                tokio::spawn(async move {
                    serve(socket, &desk, &hands).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { url, desk, open }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap()
    }

    /// From now on requests fail as this says.
    pub(super) fn fail(&self, faults: impl FnMut(&Request) -> Option<Fault> + Send + 'static) {
        self.desk().faults = Box::new(faults);
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        self.desk().vendor.entries()
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.desk().requests.clone()
    }

    /// Requests beyond a documented limit.
    pub(super) fn too_often(&self) -> usize {
        self.desk().too_often
    }

    /// Connections that a client may still have something in.
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

impl Desk {
    /// What happens to a request, and whether its connection survives.
    fn meet(&mut self, request: &Request, now: i64) -> (Option<Reply>, Option<Fault>) {
        self.requests.push(request.clone());
        if let Some(wait_ms) = self.count(request, now) {
            self.too_often += 1;
            return (Some(rate_limited(wait_ms / 1_000 + 1)), None);
        }
        let fault = (self.faults)(request);
        let reply = match fault {
            None | Some(Fault::CutAfter | Fault::CutWithin | Fault::Hang) => self.vendor.answer(request, now),
            Some(Fault::RateLimited { retry_after }) => rate_limited(i64::from(retry_after)),
            Some(Fault::Failed500) => Reply { status: 500, headers: Vec::new(), body: "<h1>Oh</h1>".to_owned() },
            Some(Fault::Failed500AfterAll) => {
                drop(self.vendor.answer(request, now));
                Reply { status: 502, headers: Vec::new(), body: String::new() }
            }
            Some(Fault::Unauthorized) => self.vendor.unauthorized(),
            Some(Fault::CutBefore) => return (None, fault),
            Some(Fault::OddAnswer) => {
                let reply = self.vendor.answer(request, now);
                Reply { status: reply.status.clamp(200, 299), headers: Vec::new(), body: "{\"ok\":[1]".to_owned() }
            }
        };
        (Some(reply), fault)
    }

    /// Counts a request; tells how long to wait when a limit is broken.
    fn count(&mut self, request: &Request, now: i64) -> Option<i64> {
        let mut wait = None;
        for (limit, times) in self.vendor.limits().iter().zip(&mut self.counted) {
            if (limit.counts)(request) {
                times.retain(|at| now - *at < limit.window_ms);
                times.push(now);
                if limit.requests < times.len() {
                    wait = Some(times[0] + limit.window_ms - now);
                }
            }
        }
        wait
    }
}

fn rate_limited(seconds: i64) -> Reply {
    Reply { status: 429, headers: vec![("retry-after", seconds.to_string())], body: "{}".to_owned() }
}

async fn serve(mut socket: TcpStream, desk: &Mutex<Desk>, hands: &AtomicI64) {
    drop(socket.set_nodelay(true));
    let mut bytes = Vec::new();
    while let Some(request) = read_request(&mut socket, &mut bytes).await {
        let (reply, fault) = desk.lock().unwrap().meet(&request, hands.load(Ordering::SeqCst));
        let Some(reply) = reply else { return };
        let mut head = format!("HTTP/1.1 {} As Documented\r\n", reply.status);
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let answer = format!("{head}content-length: {}\r\n\r\n{}", reply.body.len(), reply.body);
        match fault {
            Some(Fault::CutBefore | Fault::CutAfter) => return,
            Some(Fault::CutWithin) => {
                drop(socket.write_all(&answer.as_bytes()[..answer.len() - reply.body.len() / 2 - 1]).await);
                return;
            }
            Some(Fault::Hang) => {
                let mut rest = [0; 64];
                while socket.read(&mut rest).await.is_ok_and(|read| 0 < read) {}
                return;
            }
            None
            | Some(
                Fault::RateLimited { .. }
                | Fault::Failed500
                | Fault::Failed500AfterAll
                | Fault::Unauthorized
                | Fault::OddAnswer,
            ) => {
                if socket.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Reads the next request; what follows it stays in `bytes`.
async fn read_request(socket: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Request> {
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let headers: BTreeMap<String, String> = head
                .lines()
                .skip(1)
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            let length: usize = headers.get("content-length").map_or(0, |text| text.parse().unwrap());
            if end + 4 + length <= bytes.len() {
                let text = String::from_utf8(bytes[end + 4..end + 4 + length].to_vec()).unwrap();
                bytes.drain(..end + 4 + length);
                return Some(decode_request(&head, headers, text));
            }
        }
        let mut chunk = [0; 8_192];
        let read = socket.read(&mut chunk).await.ok().filter(|read| 0 < *read)?;
        bytes.extend_from_slice(&chunk[..read]);
    }
}

fn decode_request(head: &str, headers: BTreeMap<String, String>, text: String) -> Request {
    let mut first = head.lines().next().unwrap_or_default().split(' ');
    let method = first.next().unwrap_or_default().to_owned();
    let target = first.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let decoded =
        form_urlencoded::parse(path.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned());
    let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    Request { method, path: decoded, query, headers, text }
}
