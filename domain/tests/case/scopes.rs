//! How far a grant reaches: one thing at a time, and as a list.

use std::sync::Arc;

use kefu_domain::who::{Actor, EVERYTHING, Place, Power, Reach, Scope};
use proptest::prelude::{Strategy, any, proptest};
use uuid::Uuid;

use crate::people::{ANN, BEN, CUSTOMER, ELSEWHERE, SITE};

const SITES: [Option<Uuid>; 3] = [None, Some(SITE), Some(ELSEWHERE)];
const PEOPLE: [Option<Uuid>; 3] = [None, Some(ANN), Some(BEN)];
const TEAMS: [Option<&str>; 3] = [None, Some("front"), Some("field")];
const SCOPES: [Scope; 4] = [Scope::Own, Scope::Team, Scope::Site, Scope::All];

fn powers() -> impl Strategy<Value = Vec<Power>> {
    let power = (0..3_usize, 0..4_usize, 0..3_usize).prop_map(|(what, scope, site)| {
        let permission = ["case.read", "case.open", EVERYTHING][what];
        Power {
            permissions: Arc::new([permission.to_owned()].into()),
            scope: SCOPES[scope],
            site_id: SITES[site],
        }
    });
    proptest::collection::vec(power, 0..4)
}

/// Whether a list filtered by a reach shows a thing.
fn lists(reach: &Reach, place: &Place<'_>) -> bool {
    reach.all
        || place.site_id.is_some_and(|it| reach.sites.contains(&it))
        || (reach.team.is_some() && reach.team.as_deref() == place.team)
        || (reach.own.is_some() && place.people.contains(&reach.own))
        || (reach.customer.is_some() && reach.customer == place.customer_id)
}

proptest! {
    #[test]
    fn a_list_shows_all_that_may_be_seen_and_more_only_where_a_narrowed_grant_does(
        powers in powers(),
        (team, customer) in (0..3_usize, any::<bool>()),
        (site, at_team, person, served) in (0..3_usize, 0..3_usize, 0..3_usize, any::<bool>()),
    ) {
        let who = Actor {
            id: Some(ANN),
            team: TEAMS[team].map(str::to_owned),
            customer_id: customer.then_some(CUSTOMER),
            powers: Arc::new(powers),
        };
        let place = Place {
            site_id: SITES[site],
            team: TEAMS[at_team],
            people: [None, PEOPLE[person], None],
            customer_id: served.then_some(CUSTOMER),
        };
        let reach = who.reach("case.read");
        let (may, listed) = (who.may("case.read", &place), lists(&reach, &place));
        assert!(!may || listed, "{reach:?} hides {place:?}");
        let narrowed = |it: &Power| it.scope < Scope::Site && it.site_id.is_some();
        if !who.powers.iter().any(narrowed) && who.customer_id.is_none() {
            assert_eq!(may, listed, "{reach:?} and {place:?}");
        }
        assert!(!reach.is_nothing() || !may);
        assert!(!may || who.holds("case.read"));
    }
}

#[test]
fn a_site_grant_without_a_site_reaches_nowhere() {
    let permissions = Arc::new(["case.read".to_owned()].into());
    let power = Power { permissions, scope: Scope::Site, site_id: None };
    let who = Actor { id: Some(ANN), team: None, customer_id: None, powers: Arc::new(vec![power]) };
    assert!(!who.may("case.read", &Place { site_id: Some(SITE), ..Place::default() }));
    assert!(!who.may("case.read", &Place::default()));
    assert!(who.reach("case.read").is_nothing());
}

#[test]
fn nobody_is_in_a_team_that_is_none_and_nobody_owns_what_nobody_owns() {
    let permissions: Arc<std::collections::BTreeSet<_>> = Arc::new([EVERYTHING.to_owned()].into());
    for scope in [Scope::Own, Scope::Team] {
        let power = Power { permissions: permissions.clone(), scope, site_id: None };
        let who =
            Actor { id: Some(ANN), team: None, customer_id: None, powers: Arc::new(vec![power]) };
        assert!(!who.may("case.read", &Place::default()));
    }
    assert!(!Actor::system().may("case.read", &Place::default()), "the system has no grants");
}
