//! What front-end developers and their proxies send by mistake: methods, addresses, queries, headers
//! and bodies at the edge of HTTP. Nothing of it is ever answered with 5xx.

mod bodies;
mod headers;
mod methods;
mod queries;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use kefu_tests::Server;

/// Sends these bytes on a connection of their own and reads until the server closes it.
#[track_caller]
fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    stream.write_all(bytes).unwrap();
    rest(&mut stream)
}

#[track_caller]
fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    stream
}

/// What is still to come. A reset ends it as well as a clean close does.
fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ended = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
