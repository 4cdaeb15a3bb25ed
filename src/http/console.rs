//! The console's files, inside the binary.

#[cfg(test)]
mod tests;

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::RustEmbed;

use super::problem::Problem;

#[derive(RustEmbed)]
#[folder = "console/"]
struct Files;

/// Scripts, styles and sounds come from here alone; audio is captured by a worklet of ours.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; \
    connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// A file of the console; its first page for every path without a dot. What the browser has already is not sent again.
pub async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return Problem::new(StatusCode::NOT_FOUND, "no such route").at(uri.path()).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("telephony/") || path.starts_with("webhooks/") {
        return Problem::new(StatusCode::NOT_FOUND, "no such route").at(uri.path()).into_response();
    }
    let name = if path.contains('.') { path } else { "index.html" };
    match Files::get(name) {
        Some(file) => {
            let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()));
            let is_known = holds_tag(&headers, &tag);
            let headers = [
                (header::CONTENT_TYPE, file.metadata.mimetype().to_owned()),
                (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY.to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
                (header::REFERRER_POLICY, "no-referrer".to_owned()),
                (header::CACHE_CONTROL, "no-cache".to_owned()),
                (header::ETAG, tag),
            ];
            if is_known {
                return (StatusCode::NOT_MODIFIED, headers).into_response();
            }
            (headers, file.data).into_response()
        }
        None => Problem::new(StatusCode::NOT_FOUND, "no such file").at(uri.path()).into_response(),
    }
}

/// Whether the browser says that it has this very file.
///
/// Source: RFC 9110, 13.1.2: weak tags count as equal here, and `*` is any file.
fn holds_tag(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|held| held == "*" || held.strip_prefix("W/").unwrap_or(held) == tag)
}
