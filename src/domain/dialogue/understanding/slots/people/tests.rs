use super::*;
use crate::domain::dialogue::understanding::vocabulary::shipped::english;

fn shown(text: &str) -> String {
    let show = |slot: &Slot<Person>| {
        let person = &slot.value;
        let relation = person.relation.map(|relation| format!("{relation:?}"));
        let name = person.name.as_ref().map(|name| name.reveal().clone());
        let unit = person.unit.as_ref().map(|unit| format!("@{}", unit.reveal()));
        let parts: Vec<String> = [relation, name, unit].into_iter().flatten().collect();
        format!("{}{}", parts.join(" "), if slot.is_unclear { "?" } else { "" })
    };
    english().people(text).iter().map(show).collect::<Vec<_>>().join("; ")
}

#[test]
fn people_are_named_by_relation_name_and_flat() {
    let cases = [
        ("my wife will take it", "Spouse"),
        ("my brother Ravi will be there", "Sibling Ravi"),
        ("my brother ravi will be there", "Sibling Ravi?"),
        ("my elder brother Ravi Kumar", "Sibling Ravi Kumar"),
        ("give it to my mum", "Parent"),
        ("my sister's name is priya", "Sibling Priya"),
        ("Mrs Rao in flat 12", "Mrs Rao @12"),
        ("mrs rao in flat twelve", "Mrs Rao @12"),
        ("leave it with Priya", "Priya"),
        ("leave it with the neighbour in flat 3B", "Neighbour @3B"),
        ("the security guard can take it", "Guard"),
        ("my husband or my son", "Spouse; Child"),
        ("my neighbour Mr Shah, flat 14", "Neighbour Mr Shah @14"),
        ("ask for the receptionist", "Receptionist"),
        ("my order is late", ""),
        ("where is my parcel", ""),
        ("give it to me", ""),
        ("i want to speak to a person", ""),
        ("", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}
