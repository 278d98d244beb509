//! actix: a listener, workers, one blocking hop a request, and an end in good order.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::web::{self, Bytes, BytesMut, Data, Payload};
use actix_web::{App as ActixApp, HttpRequest, HttpResponse, HttpResponseBuilder, HttpServer, rt};
use futures_util::StreamExt as _;
use tokio::sync::watch;

use crate::error::Error;
use crate::service::Databases;

use super::ai::events::Feed;
use super::ai::stream::{self, Listener};
use super::exchange::{Answer, Exchange, Incoming, Note};
use super::fault::{self, Shape};
use super::{Handler, OPS_ROUTES, Options, ROUTES, Route, ops, shared};

/// A call that finds the slow hashes taken is tried again for this long.
const BUSY_PATIENCE: Duration = Duration::from_secs(60);
/// Between two tries.
const BUSY_PAUSE: Duration = Duration::from_millis(60);
/// Of a body that is too large so much is read on (and dropped), so that the client hears why.
const DRAIN_LIMIT: usize = 256 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(15);

/// A server at work on a thread of its own.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<io::Result<()>>,
    /// Tells the event streams, which have no end of their own.
    closing: watch::Sender<bool>,
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Asks it to end: no new connections; running calls may finish within the grace. Does not wait.
    pub fn stop(&self) {
        self.closing.send_replace(true);
        drop(self.handle.stop(true));
    }

    /// Waits until it has ended, by [`Server::stop`] or by a signal.
    pub fn wait(self) -> io::Result<()> {
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the server's thread panicked")))
    }
}

/// What every worker shares.
struct Site {
    databases: Databases,
    options: Options,
    closing: watch::Receiver<bool>,
}

/// Serves the databases on `listener` until told to stop.
pub fn serve(databases: impl Into<Databases>, listener: TcpListener, options: Options) -> io::Result<Server> {
    let databases = databases.into();
    let address = listener.local_addr()?;
    let (sender, receiver) = mpsc::sync_channel(1);
    let (closing, closed) = watch::channel(false);
    let thread = std::thread::Builder::new().name("http".into()).spawn(move || {
        rt::System::new().block_on(async move {
            let server = build(Site { databases, options, closing: closed }, listener)?;
            // the receiver waits for exactly this
            let _ = sender.send(server.handle());
            server.await
        })
    })?;
    match receiver.recv() {
        Ok(handle) => Ok(Server { address, handle, thread, closing }),
        Err(_) => match thread.join() {
            Ok(Err(e)) => Err(e),
            _ => Err(io::Error::other("the server did not start")),
        },
    }
}

fn build(site: Site, listener: TcpListener) -> io::Result<actix_web::dev::Server> {
    let options = site.options.clone();
    let workers = match options.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    let site = Data::new(site);
    let ops_only = options.ops_only;
    let factory = move || ActixApp::new().app_data(site.clone()).configure(|config| routes(config, ops_only));
    let mut server = HttpServer::new(factory)
        .workers(workers)
        // so many calls at once in all as there are connections: more threads would only queue for the pool
        .worker_max_blocking_threads((options.calls / workers).max(1))
        .keep_alive(options.keep_alive)
        .client_request_timeout(options.client_timeout)
        .client_disconnect_timeout(Duration::from_secs(5))
        .shutdown_timeout(options.grace.as_secs());
    if !options.signals {
        server = server.disable_signals();
    }
    Ok(server.listen(listener)?.run())
}

/// Puts the tables of paths into actix.
fn routes(config: &mut web::ServiceConfig, ops_only: bool) {
    let others: &'static [Route] = if ops_only { &[] } else { ROUTES };
    for route in OPS_ROUTES.iter().chain(others) {
        let answer = move |request: HttpRequest, payload: Payload| handle(Some(*route), request, payload);
        config.service(web::resource(route.path).to(answer));
    }
    config.default_service(web::to(|request: HttpRequest, payload: Payload| handle(None, request, payload)));
}

/// One request, from its head to the log line.
async fn handle(route: Option<Route>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let started = Instant::now();
    let Some(site) = http.app_data::<Data<Site>>().cloned() else {
        return HttpResponse::InternalServerError().finish();
    };
    let mut incoming = incoming(&http, &site.options);
    let mut close = false;
    let received = body(&http, payload, &site.options).await;
    let (answer, note) = match received {
        Ok(body) => {
            incoming.body = body;
            let incoming = Arc::new(incoming);
            let (mut answer, note) = run(site.clone(), route, incoming.clone()).await;
            if let Some(feed) = answer.feed.take() {
                log(&http, answer.status, started, &note);
                return respond_on(answer, listener(&site, incoming), feed);
            }
            (answer, note)
        }
        Err(error) => {
            close = true;
            (route.map_or(Shape::Html, |r| r.shape).render(&error, ""), Note::default())
        }
    };
    ops::measure(route, &note, started.elapsed());
    log(&http, answer.status, started, &note);
    respond(answer, close)
}

/// What the handlers see of the request, but for the body.
fn incoming(http: &HttpRequest, options: &Options) -> Incoming {
    let headers: Vec<(String, String)> = http
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let mut incoming = Incoming {
        method: http.method().as_str().to_owned(),
        path: http.path().to_owned(),
        query: http.query_string().to_owned(),
        segments: http.match_info().iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
        ip: http.peer_addr().map(|a| a.ip().to_string()).unwrap_or_default(),
        headers,
        ..Incoming::default()
    };
    let mut host = incoming.header("host").unwrap_or_default().to_owned();
    if options.proxy_mode {
        // the last entry is the one our proxy wrote; what stands before it came from outside
        let last = |name: &str| {
            incoming.header(name).and_then(|v| v.rsplit(',').next()).map(|v| v.trim().to_owned())
        };
        let (ip, scheme, forwarded) =
            (last("x-forwarded-for"), last("x-forwarded-proto"), last("x-forwarded-host"));
        incoming.https = scheme.as_deref() == Some("https");
        incoming.ip = ip.unwrap_or(incoming.ip);
        host = forwarded.unwrap_or(host);
    }
    incoming.origin = format!("{}://{host}", if incoming.https { "https" } else { "http" });
    incoming
}

/// The whole body, or why it cannot be had.
async fn body(http: &HttpRequest, mut payload: Payload, options: &Options) -> Result<Bytes, Error> {
    let declared = http
        .headers()
        .get("content-length")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<usize>().ok());
    if declared.is_some_and(|n| n > options.body_limit) {
        drain(payload).await;
        return Err(fault::too_large(options.body_limit));
    }
    let mut body = BytesMut::new();
    loop {
        let part = match rt::time::timeout(options.client_timeout, payload.next()).await {
            Err(_) => return Err(fault::too_slow()),
            Ok(None) => return Ok(body.freeze()),
            Ok(Some(Err(e))) => {
                return Err(Error::bad_request("The request's body could not be read.").detail(e.to_string()));
            }
            Ok(Some(Ok(part))) => part,
        };
        if body.len() + part.len() > options.body_limit {
            drop(body);
            drain(payload).await;
            return Err(fault::too_large(options.body_limit));
        }
        body.extend_from_slice(&part);
    }
}

/// Reads on for a while: a client in the middle of sending does not listen.
async fn drain(mut payload: Payload) {
    let mut seen = 0;
    let rest = async {
        while let Some(Ok(part)) = payload.next().await {
            seen += part.len();
            if seen > DRAIN_LIMIT {
                break;
            }
        }
    };
    // running out of time is as good an end as any
    let _ = rt::time::timeout(DRAIN_TIME, rest).await;
}

/// The hop, again while what it needs is taken.
async fn run(site: Data<Site>, route: Option<Route>, incoming: Arc<Incoming>) -> (Answer, Note) {
    if let Some(Route { handler: Handler::Quick(_), .. }) = route
        && let (Some(answer), note) = attempt(&site, route, &incoming, true)
    {
        return (answer, note);
    }
    if let Some(answer) = together(&site, route, &incoming).await {
        return answer;
    }
    let patience = Instant::now() + BUSY_PATIENCE;
    loop {
        let (site, request) = (site.clone(), incoming.clone());
        let last = Instant::now() >= patience;
        match web::block(move || attempt(&site, route, &request, last)).await {
            Ok((Some(answer), note)) => return (answer, note),
            Ok((None, _)) => rt::time::sleep(BUSY_PAUSE).await,
            Err(_) => {
                return (Shape::Html.render(&Error::internal("the call was cancelled"), ""), Note::default());
            }
        }
    }
}

/// One answer of the database for several calls, where they ask for the like.
async fn together(site: &Site, route: Option<Route>, incoming: &Incoming) -> Option<(Answer, Note)> {
    let look = route?.look?;
    let (glance, note) = {
        let exchange = Exchange::new(&site.databases, &site.options, incoming);
        (look(&exchange)?, exchange.note())
    };
    Some((shared::ride(glance).await?, note))
}

/// Everything between the bytes of the request and those of the answer. A panic is an error like others.
fn attempt(site: &Site, route: Option<Route>, request: &Incoming, last: bool) -> (Option<Answer>, Note) {
    let exchange = Exchange::new(&site.databases, &site.options, request);
    let work = || match route {
        Some(route) => route.answer(&exchange, last),
        None => Some(super::nowhere(&exchange)),
    };
    let mut answer = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default();
        let call = exchange.note().call;
        tracing::error!(target: "workwarden::http", call, "a call panicked: {text}");
        Some(after_panic(route, &call))
    });
    if let Some(answer) = &mut answer {
        answer.headers.extend(exchange.take_cookies().into_iter().map(|cookie| ("set-cookie", cookie)));
    }
    let note = exchange.note();
    (answer, note)
}

fn after_panic(route: Option<Route>, call: &str) -> Answer {
    let shape = match route {
        Some(Route { handler: Handler::Json(_), .. }) => Shape::JsonRpc,
        Some(route) => route.shape,
        None => Shape::Html,
    };
    shape
        .render(&Error::internal("The call failed for a reason of the server's own; its log has more."), call)
}

fn head(answer: &Answer) -> HttpResponseBuilder {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in &answer.headers {
        response.append_header((*name, value.as_str()));
    }
    response
}

fn respond(answer: Answer, close: bool) -> HttpResponse {
    let mut response = head(&answer).body(answer.body);
    if close {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    response
}

/// An answer whose body goes on.
fn respond_on(answer: Answer, listener: Listener, feed: Feed) -> HttpResponse {
    let mut response = head(&answer);
    response.streaming(stream::body(listener, feed))
}

fn listener(site: &Site, request: Arc<Incoming>) -> Listener {
    let (databases, options) = (site.databases.clone(), site.options.clone());
    Listener { databases, options, request, closing: site.closing.clone() }
}

/// One line a request; never a body, a query or a secret.
fn log(http: &HttpRequest, status: u16, started: Instant, note: &Note) {
    let ms = started.elapsed().as_millis();
    let (method, path) = (http.method().as_str(), http.path());
    tracing::info!(target: "workwarden::http", method, path, status, ms, call = note.call, uid = note.uid, "request");
}
