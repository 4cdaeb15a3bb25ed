//! A vendor that answers by script: byte for byte, cut where the script says.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What happens after one request.
#[derive(Clone)]
pub(super) enum Step {
    /// Arrives by itself, as one piece.
    Send(Vec<u8>),
    /// Nothing more comes until the client goes.
    Hang,
    /// The connection breaks.
    Cut,
}

/// The answer to one request.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) head: String,
    pub(super) steps: Vec<Step>,
}

impl Answer {
    /// A stream, in pieces of this size.
    pub(super) fn stream(bytes: &[u8], piece: usize) -> Self {
        Self::events(bytes.chunks(piece).map(|piece| Step::Send(piece.to_vec())).collect())
    }

    pub(super) fn events(steps: Vec<Step>) -> Self {
        Self { head: "200 OK\r\ncontent-type: text/event-stream".to_owned(), steps }
    }

    /// Another status with headers, such as `429 Too Many Requests\r\nretry-after: 1`.
    pub(super) fn refusal(head: &str, body: &[u8]) -> Self {
        Self { head: format!("{head}\r\ncontent-type: application/json"), steps: vec![Step::Send(body.to_vec())] }
    }
}

/// The vendor, while it lives.
pub(super) struct Server {
    pub(super) url: String,
    requests: Arc<Mutex<Vec<String>>>,
    gone: Arc<Notify>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Gives these answers, one a request, and then none.
    pub(super) async fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (requests, gone) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
        let (seen, left) = (Arc::clone(&requests), Arc::clone(&gone));
        let task = tokio::spawn(async move {
            for answer in answers {
                let (socket, _) = listener.accept().await.unwrap();
                serve(socket, &answer, &seen, &left).await;
            }
        });
        Self { url, requests, gone, task }
    }

    /// Head and body of every request so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Ends when the client has left a server that hangs.
    pub(super) async fn client_gone(&self) {
        self.gone.notified().await;
    }
}

async fn serve(mut socket: TcpStream, answer: &Answer, seen: &Mutex<Vec<String>>, gone: &Notify) {
    socket.set_nodelay(true).unwrap();
    let request = read_request(&mut socket).await;
    seen.lock().unwrap().push(request);
    let head = format!("HTTP/1.1 {}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n", answer.head);
    let mut is_open = socket.write_all(head.as_bytes()).await.is_ok();
    for step in &answer.steps {
        match step {
            Step::Send(bytes) if is_open => {
                let chunk = [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
                is_open = socket.write_all(&chunk).await.is_ok();
            }
            Step::Send(_) => (),
            Step::Hang => {
                let mut rest = [0; 64];
                while socket.read(&mut rest).await.is_ok_and(|read| 0 < read) {}
                gone.notify_one();
                return;
            }
            Step::Cut => return,
        }
    }
    // A client that has its answer may be gone already.
    drop(socket.write_all(b"0\r\n\r\n").await);
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
            });
            if length.unwrap_or(0) <= body.len() {
                return text;
            }
        }
        let mut part = [0; 4096];
        let read = socket.read(&mut part).await.unwrap();
        assert!(0 < read, "the request is whole");
        bytes.extend_from_slice(&part[..read]);
    }
}
