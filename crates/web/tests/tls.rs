//! The real server over TLS, with a certificate made on the spot.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cairn_web::server::{Reload, Server, ServerSettings, TlsError, TlsFiles, certificate_ends};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

/// One DER value (X.690): tag, length, content.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap();
    let mut value = vec![tag];
    match length {
        0..128 => value.push(length as u8),
        128..256 => value.extend([0x81, length as u8]),
        _ => value.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    value.extend(content);
    value
}

/// A self-signed certificate (RFC 5280) for `localhost` with an Ed25519 key (RFC 8410).
fn certificate(key: &Ed25519KeyPair) -> Vec<u8> {
    let ed25519 = der(0x30, &[&der(0x06, &[&[0x2b, 0x65, 0x70]])]);
    let common_name = der(
        0x30,
        &[
            &der(0x06, &[&[0x55, 0x04, 0x03]]),
            &der(0x0c, &[b"localhost"]),
        ],
    );
    let name = der(0x30, &[&der(0x31, &[&common_name])]);
    let validity = der(
        0x30,
        &[
            &der(0x17, &[b"200101000000Z"]),
            &der(0x18, &[b"20991231235959Z"]),
        ],
    );
    let public = der(
        0x30,
        &[&ed25519, &der(0x03, &[&[0], key.public_key().as_ref()])],
    );
    let host = der(0x30, &[&der(0x82, &[b"localhost"])]);
    let alternative = der(
        0x30,
        &[&der(0x06, &[&[0x55, 0x1d, 0x11]]), &der(0x04, &[&host])],
    );
    let extensions = der(0xa3, &[&der(0x30, &[&alternative])]);
    let version = der(0xa0, &[&der(0x02, &[&[2]])]);
    let serial = der(0x02, &[&[1]]);
    let body = der(
        0x30,
        &[
            &version,
            &serial,
            &ed25519,
            &name,
            &validity,
            &name,
            &public,
            &extensions,
        ],
    );
    let signature = der(0x03, &[&[0], key.sign(&body).as_ref()]);
    der(0x30, &[&body, &ed25519, &signature])
}

fn pem(path: &Path, label: &str, bytes: &[u8]) {
    let text = format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        BASE64.encode(bytes)
    );
    std::fs::write(path, text).unwrap();
}

/// A fresh key and certificate in these files; the certificate in DER.
fn make(files: &TlsFiles) -> Vec<u8> {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
    let own = certificate(&Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap());
    pem(&files.certificates, "CERTIFICATE", &own);
    pem(&files.key, "PRIVATE KEY", pkcs8.as_ref());
    own
}

fn files_in(directory: &Path) -> TlsFiles {
    TlsFiles {
        certificates: directory.join("cert.pem"),
        key: directory.join("key.pem"),
    }
}

async fn serve(settings: ServerSettings) -> (SocketAddr, Reload) {
    let router = Router::new().route("/hello", get(async || "hello"));
    let server = Server::new(settings, router).unwrap();
    let reload = server.reload();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server.serve(listener, std::future::pending()));
    (address, reload)
}

/// The answer, if the server shows this certificate.
async fn hello(address: SocketAddr, trusted: &[u8]) -> Option<String> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from(trusted.to_vec())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let mut stream = connecting.await.ok()?;
    let request = b"GET /hello HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    Some(answer)
}

#[tokio::test]
async fn pages_come_over_tls() {
    let directory = tempfile::tempdir().unwrap();
    let files = files_in(directory.path());
    let own = make(&files);
    let ends = certificate_ends(&files).unwrap().to_string();
    assert!(ends.starts_with("2099-12-31T23:59:59"), "{ends}");
    let settings = ServerSettings {
        tls: Some(files),
        ..ServerSettings::default()
    };
    let (address, _) = serve(settings).await;
    let answer = hello(address, &own).await.unwrap();
    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_without_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let files = files_in(directory.path());
    let first = make(&files);
    let settings = ServerSettings {
        tls: Some(files.clone()),
        tls_look_every: Duration::from_millis(20),
        ..ServerSettings::default()
    };
    let (address, _) = serve(settings).await;
    assert!(hello(address, &first).await.is_some());
    // Nonsense is not taken: the old one stays.
    std::fs::write(&files.certificates, "half a file").unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(hello(address, &first).await.is_some());
    let second = make(&files);
    let begun = Instant::now();
    while hello(address, &second).await.is_none() {
        assert!(begun.elapsed() < Duration::from_secs(20), "never taken");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(hello(address, &first).await.is_none());
}

#[tokio::test]
async fn certificates_are_read_again_when_asked() {
    let directory = tempfile::tempdir().unwrap();
    let files = files_in(directory.path());
    let first = make(&files);
    let settings = ServerSettings {
        tls: Some(files.clone()),
        ..ServerSettings::default()
    };
    let (address, reload) = serve(settings).await;
    let second = make(&files);
    assert!(
        hello(address, &first).await.is_some(),
        "the next look is far"
    );
    reload.now();
    assert!(hello(address, &second).await.is_some());
}

#[test]
fn unusable_files_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let empty = directory.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let with = |certificates: &Path, key: &Path| {
        let tls = Some(TlsFiles {
            certificates: certificates.to_owned(),
            key: key.to_owned(),
        });
        Server::new(
            ServerSettings {
                tls,
                ..ServerSettings::default()
            },
            Router::new(),
        )
        .err()
        .unwrap()
    };
    assert!(matches!(
        with(&directory.path().join("absent.pem"), &empty),
        TlsError::Read { .. }
    ));
    let error = with(&empty, &empty);
    assert!(
        error.to_string().contains("empty.pem holds no certificate"),
        "{error}"
    );
}
