//! A small OpenID Connect provider: discovery, keys, the page where one signs in, tokens. It lies when
//! it is told to.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::unique;

/// What is wrong with the provider's next answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lie {
    /// Nothing.
    None,
    /// The identity token repeats another nonce.
    Nonce,
    /// It is for somebody else.
    Audience,
    /// It is by somebody else.
    Issuer,
    /// Its time is over.
    Expired,
    /// It is signed by a key that the provider does not publish, under the name of one it does.
    Key,
    /// It is not signed.
    Unsigned,
    /// The provider refuses the person.
    Denied,
    /// The provider answers nothing but errors.
    Down,
}

/// A provider that runs until the test ends. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Provider {
    url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    person: Value,
    lie: Lie,
    /// Which key signs, and is published: the others are its old ones.
    key: u8,
    asked: HashMap<String, Asked>,
}

/// What somebody was sent with.
#[derive(Debug, Clone)]
struct Asked {
    nonce: String,
    challenge: String,
    client: String,
}

impl Provider {
    /// What kefu is called at the provider …
    pub const CLIENT: &'static str = "kefu-under-test";
    /// … what it proves that with …
    pub const SECRET: &'static str = "a secret of the client and the provider";
    /// … and where people are sent back to.
    pub const BACK: &'static str = "http://kefu.test/v1/auth/oidc/callback";

    /// Starts one where a person with these claims signs in.
    #[must_use]
    pub fn start(person: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it listens"));
        let state = State { person, lie: Lie::None, key: 1, asked: HashMap::new() };
        let provider = Self { url, state: Arc::new(Mutex::new(state)) };
        let serving = provider.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = serving.clone();
                std::thread::spawn(move || serving.serve(stream));
            }
        });
        provider
    }

    /// The settings of a server that signs people in by it.
    pub fn settings(&self) -> Vec<(String, String)> {
        let pairs = [
            ("KEFU_OIDC_ISSUER", self.url.as_str()),
            ("KEFU_OIDC_CLIENT_ID", Self::CLIENT),
            ("KEFU_OIDC_CLIENT_SECRET", Self::SECRET),
            ("KEFU_OIDC_REDIRECT_URL", Self::BACK),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    /// Who signs in from now on.
    pub fn person(&self, person: Value) {
        self.lock().person = person;
    }

    /// What is wrong from now on.
    pub fn lies(&self, lie: Lie) {
        self.lock().lie = lie;
    }

    /// Signs with another key from now on, and publishes that one only.
    pub fn rotate(&self) {
        self.lock().key += 1;
    }

    /// Does at the page `url` what a person does there; the path and query they come back to.
    #[track_caller]
    pub fn sign_in(&self, url: &str) -> String {
        let agent: ureq::Agent = ureq::Agent::config_builder().max_redirects(0).build().into();
        let reply = agent.get(url).call().expect("the page is there");
        let location = reply.headers().get("location").expect("it sends back");
        let location = location.to_str().expect("an address").to_owned();
        let back = location.strip_prefix("http://kefu.test").expect("to where we come from");
        back.to_owned()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: TcpStream) {
        let Some((path, body)) = read(&stream) else { return };
        let (status, extra, answer) = self.answer(&path, &body);
        let answer = answer.to_string();
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n{extra}\r\n",
            answer.len()
        );
        // Whoever has asked may be gone.
        let _gone = stream.write_all(format!("{head}{answer}").as_bytes());
    }

    fn answer(&self, path: &str, body: &str) -> (&'static str, String, Value) {
        let nothing = String::new();
        if self.lock().lie == Lie::Down {
            return ("500 Oops", nothing, json!({}));
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match path {
            "/.well-known/openid-configuration" => ("200 OK", nothing, self.metadata()),
            "/jwks" => ("200 OK", nothing, self.keys()),
            "/authorize" => ("302 Found", self.authorize(&pairs(query)), json!({})),
            "/token" => match self.token(&pairs(body)) {
                Ok(answer) => ("200 OK", nothing, answer),
                Err(error) => ("400 Bad Request", nothing, json!({ "error": error })),
            },
            _ => ("404 Not Found", nothing, json!({})),
        }
    }

    fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.url);
        json!({
            "issuer": self.url, "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"), "jwks_uri": at("/jwks"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        })
    }

    fn keys(&self) -> Value {
        let number = self.lock().key;
        let jwk = Jwk::from_encoding_key(&key(number), Algorithm::EdDSA).expect("a key");
        let mut jwk = serde_json::to_value(jwk).expect("a key is JSON");
        jwk["kid"] = json!(format!("key-{number}"));
        jwk["use"] = json!("sig");
        json!({ "keys": [jwk] })
    }

    /// The page: the person is signed in at once, and sent back.
    fn authorize(&self, query: &HashMap<String, String>) -> String {
        let said = |name: &str| query.get(name).cloned().unwrap_or_default();
        let mut state = self.lock();
        let answer = if state.lie == Lie::Denied {
            "error=access_denied".to_owned()
        } else {
            let code = unique("code");
            let asked = Asked {
                nonce: said("nonce"),
                challenge: said("code_challenge"),
                client: said("client_id"),
            };
            state.asked.insert(code.clone(), asked);
            // Real providers add things of their own.
            format!("code={code}&session_state=xyz&iss=elsewhere")
        };
        assert_eq!(said("code_challenge_method"), "S256", "{query:?}");
        assert_eq!(said("response_type"), "code", "{query:?}");
        assert!(said("scope").split(' ').any(|it| it == "openid"), "{query:?}");
        format!("location: {}?{answer}&state={}\r\n", said("redirect_uri"), said("state"))
    }

    fn token(&self, form: &HashMap<String, String>) -> Result<Value, &'static str> {
        let said = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let mut state = self.lock();
        let asked = state.asked.remove(said("code")).ok_or("invalid_grant")?;
        let proof = base64url(&Sha256::digest(said("code_verifier").as_bytes()));
        if proof != asked.challenge || said("redirect_uri") != Self::BACK {
            return Err("invalid_grant");
        }
        let now = Utc::now().timestamp();
        let mut claims = json!({
            "iss": self.url, "aud": asked.client, "nonce": asked.nonce,
            "iat": now, "exp": now + 300,
        });
        for (name, value) in state.person.as_object().expect("claims are an object") {
            claims[name.as_str()] = value.clone();
        }
        match state.lie {
            Lie::Nonce => claims["nonce"] = json!("another"),
            Lie::Audience => claims["aud"] = json!("somebody else"),
            Lie::Issuer => claims["iss"] = json!("http://127.0.0.1:1"),
            Lie::Expired => claims["exp"] = json!(now - 1),
            _ => {}
        }
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(format!("key-{}", state.key));
        let signs = if state.lie == Lie::Key { 200 } else { state.key };
        let mut token = jsonwebtoken::encode(&header, &claims, &key(signs)).expect("it signs");
        if state.lie == Lie::Unsigned {
            let body = token.split('.').nth(1).expect("three parts").to_owned();
            token = format!("{}.{body}.", base64url(br#"{"alg":"none"}"#));
        }
        Ok(json!({
            "access_token": "none of yours", "token_type": "Bearer", "expires_in": 300,
            "id_token": token,
        }))
    }
}

/// A key pair: Ed25519 in PKCS#8, always the same for a number.
fn key(number: u8) -> EncodingKey {
    let mut der = vec![48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
    der.extend([number; 32]);
    EncodingKey::from_ed_der(&der)
}

/// The path and the body of a request.
fn read(stream: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, String::from_utf8(body).ok()?))
}

/// The pairs of a query or a form.
fn pairs(text: &str) -> HashMap<String, String> {
    let pairs = text.split('&').filter_map(|it| it.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let digits = String::from_utf8_lossy(&digits).into_owned();
                bytes.push(u8::from_str_radix(&digits, 16).expect("two digits"));
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let part = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = part(0) << 16 | part(1) << 8 | part(2);
        for place in 0..=chunk.len() {
            let letter = (bits >> (18 - 6 * place)) & 63;
            text.push(char::from(LETTERS[usize::try_from(letter).expect("six bits")]));
        }
    }
    text
}
