//! The console's files, inside the binary.

use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::problem::Problem;

#[derive(RustEmbed)]
#[folder = "console/"]
struct Files;

/// Scripts, styles and sounds come from here alone; audio is captured by a worklet of ours.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; \
    connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// A file of the console; its first page for every path without a dot.
pub async fn file(method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return Problem::new(StatusCode::NOT_FOUND, "no such route").at(uri.path()).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("telephony/") || path.starts_with("webhooks/") {
        return Problem::new(StatusCode::NOT_FOUND, "no such route").at(uri.path()).into_response();
    }
    let name = if path.contains('.') { path } else { "index.html" };
    match Files::get(name) {
        Some(file) => (
            [
                (header::CONTENT_TYPE, file.metadata.mimetype().to_owned()),
                (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY.to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
                (header::REFERRER_POLICY, "no-referrer".to_owned()),
                (header::CACHE_CONTROL, "no-cache".to_owned()),
            ],
            file.data,
        )
            .into_response(),
        None => Problem::new(StatusCode::NOT_FOUND, "no such file").at(uri.path()).into_response(),
    }
}
