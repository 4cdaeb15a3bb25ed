use super::*;
use crate::domain::dialogue::understanding::vocabulary::shipped::english;

fn shown(text: &str) -> String {
    let address = english().read_address(text);
    let part =
        |name: &str, part: &Option<Personal<String>>| part.as_ref().map(|part| format!("{name}: {}", part.reveal()));
    let mut parts: Vec<String> = [
        part("unit", &address.unit),
        part("building", &address.building),
        part("street", &address.street),
        part("area", &address.area),
        part("landmark", &address.landmark),
        part("city", &address.city),
        part("state", &address.state),
        part("postcode", &address.postcode),
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.extend(address.unplaced.iter().map(|rest| format!("? {}", rest.reveal())));
    parts.join("; ")
}

#[test]
fn parts_are_known_by_the_words_around_them() {
    let cases = [
        ("flat 12, Lake View Apartments", "unit: 12; building: Lake View Apartments"),
        ("my address is flat number twelve lake view apartments", "unit: 12; building: Lake View Apartments"),
        ("flat 3 b", "unit: 3B"),
        ("82 Clerkenwell Road, London, EC1M 5RF", "street: 82 Clerkenwell Road; city: London; postcode: EC1M 5RF"),
        (
            "301 Hamilton Avenue, Palo Alto, California 94303",
            "street: 301 Hamilton Avenue; city: Palo Alto; state: California; postcode: 94303",
        ),
        ("opposite the temple", "landmark: opposite the temple"),
        ("behind SBI", "landmark: behind SBI"),
        ("it's near water tank", "landmark: near water tank"),
        ("next to the state bank in Pune", "landmark: next to the state bank; city: Pune"),
        (
            "flat 4, Rose Residency, 5th cross, Indira Nagar, opposite the post office, Bangalore, Karnataka, 560038",
            "unit: 4; building: Rose Residency; street: 5th Cross; area: Indira Nagar; landmark: opposite the post office; \
             city: Bangalore; state: Karnataka; postcode: 560038",
        ),
        ("pin code five six double zero three four", "postcode: 560034"),
        ("sector 21 gurgaon", "area: Sector 21; city: Gurgaon"),
        ("koramangala 560034", "postcode: 560034; ? Koramangala"),
        (
            "uppuguda, Charminar, Hyderabad - 500064, Telangana",
            "city: Hyderabad; state: Telangana; postcode: 500064; ? Uppuguda; ? Charminar",
        ),
        ("yes please", ""),
        ("", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_understood_is_kept_and_marked() {
    let address = english().read_address("somewhere nice, London");
    assert_eq!(address.city.as_ref().map(|city| city.reveal().as_str()), Some("London"));
    assert!(address.is_unclear() && !address.is_empty());
    assert_eq!(address.unplaced.len(), 1);
    assert!(english().read_address("hello there").is_empty());
}
