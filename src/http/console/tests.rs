use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, Method, StatusCode, Uri};

use super::file;

async fn status_of(held: &str) -> StatusCode {
    let mut headers = HeaderMap::new();
    headers.insert(IF_NONE_MATCH, held.parse().unwrap());
    file(Method::GET, Uri::from_static("/js/main.js"), headers).await.status()
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let first = file(Method::GET, Uri::from_static("/js/main.js"), HeaderMap::new()).await;
    assert_eq!(first.status(), StatusCode::OK);
    let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
    let page = file(Method::GET, Uri::from_static("/"), HeaderMap::new()).await;
    assert_ne!(page.headers()[ETAG], tag.as_str());

    for held in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        assert_eq!(status_of(&held).await, StatusCode::NOT_MODIFIED, "{held}");
    }
    for held in ["\"other\"", "", "\"", tag.trim_matches('"')] {
        assert_eq!(status_of(held).await, StatusCode::OK, "{held}");
    }
}
