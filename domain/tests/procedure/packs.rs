//! The packs that come with the program, and packs with faults.

use kefu_domain::pack::{self, FileFault};
use kefu_domain::procedure::{Procedure, from_toml};

fn listed(faults: &[FileFault]) -> String {
    faults.iter().map(|it| format!("{it}\n")).collect()
}

#[test]
fn every_shipped_pack_loads_without_a_fault() {
    let codes = pack::shipped_codes();
    assert!(codes.contains(&"common") && codes.contains(&"property"), "{codes:?}");
    let library = pack::load_shipped(&codes).unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    let names = library.names();
    for file in &library.procedures {
        let (definition, _) = from_toml(&file.source).unwrap();
        assert_eq!(definition, file.definition);
        let json = serde_json::to_value(&definition).unwrap();
        let back = kefu_domain::procedure::from_json(json).unwrap();
        assert_eq!(back, definition, "the JSON of {} is the same procedure", definition.code);
        Procedure::new(definition, 1, &names.surroundings()).unwrap();
    }
}

#[test]
fn a_pack_loads_with_nothing_but_what_it_requires() {
    for code in pack::shipped_codes() {
        let library = pack::load_shipped(&[code]).unwrap_or_else(|it| panic!("{}", listed(&it)));
        assert!(library.packs.iter().any(|it| it.code == code));
        for pack in &library.packs {
            for needed in &pack.requires {
                let place = |code: &str| library.packs.iter().position(|it| it.code == code);
                assert!(place(needed) < place(&pack.code), "{needed} comes before {}", pack.code);
            }
        }
    }
}
