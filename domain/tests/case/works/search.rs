//! The search: states of a case are gone through, those seen least first, until every action has
//! been taken, every state reached and every follow-up opened.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kefu_domain::Timestamp;
use kefu_domain::case::{
    Case, Channel, Child, Command, Event, Fact, Open, Origin, Priority, Refusal, decide, evolve,
    open,
};
use kefu_domain::procedure::{Procedure, WITHDRAWN};
use kefu_domain::who::Actor;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::sample::{self, Hand};
use super::world::World;
use super::{inputs, looks, people, results, time};
use crate::people::{CASE, CUSTOMER, SITE};

/// The most places a search goes on from.
const MOST: usize = 1_500;

/// A case on its way, with what it has opened.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) case: Case,
    pub(super) children: Vec<Child>,
    pub(super) now: Timestamp,
}

pub(super) struct Search<'a> {
    pub(super) world: &'a World,
    pub(super) procedure: &'a Procedure,
    pub(super) cast: Vec<Actor>,
    pub(super) hand: Hand,
    opener: Vec<Actor>,
    conditions: Vec<String>,
    looked_at: BTreeSet<String>,
    /// Whether forms are filled in every way that could matter, by everybody who may.
    thorough: bool,
    forms: BTreeMap<String, Vec<Map<String, Value>>>,
    seen: HashSet<String>,
    open: Vec<Place>,
    gone: BTreeMap<String, usize>,
    states: BTreeSet<String>,
    actions: BTreeSet<String>,
    follow_ups: BTreeSet<String>,
    acts: BTreeMap<String, bool>,
    refused: BTreeMap<String, BTreeSet<String>>,
    broken: BTreeSet<String>,
}

/// Goes through a procedure, and says what of it cannot be done.
pub(super) fn walk(world: &World, procedure: &Procedure) -> Vec<String> {
    let mut search = Search::new(world, procedure);
    search.run();
    if !search.missing().is_empty() {
        search.thorough = true;
        search.forms.clear();
        search.seen.clear();
        search.gone.clear();
        search.run();
    }
    let mut faults = search.report();
    if world.is_opened_by_system(procedure.code()) {
        let mut search = Search::new(world, procedure);
        (search.opener, search.thorough) = (vec![Actor::system()], true);
        search.run();
        if !search.states.iter().any(|it| procedure.is_final(it)) {
            faults.push("where the system opens it, it cannot be closed".to_owned());
        }
    }
    faults
}

impl<'a> Search<'a> {
    fn new(world: &'a World, procedure: &'a Procedure) -> Self {
        let cast = people::cast(world, procedure);
        let conditions = looks::conditions(&procedure.definition);
        let mut one_of_each: Vec<Uuid> = Vec::new();
        for id in cast.iter().filter_map(|it| it.id).filter(|it| people::is_staff(*it)) {
            if !one_of_each.iter().any(|it| people::post(*it) == people::post(id)) {
                one_of_each.push(id);
            }
        }
        Self {
            world,
            procedure,
            hand: Hand { people: one_of_each, now: time::start() },
            opener: cast.clone(),
            looked_at: conditions.iter().flat_map(|it| looks::fields(it)).collect(),
            cast,
            conditions,
            thorough: false,
            forms: BTreeMap::new(),
            seen: HashSet::new(),
            open: Vec::new(),
            gone: BTreeMap::new(),
            states: BTreeSet::new(),
            actions: BTreeSet::new(),
            follow_ups: BTreeSet::new(),
            acts: BTreeMap::new(),
            refused: BTreeMap::new(),
            broken: BTreeSet::new(),
        }
    }

    fn run(&mut self) {
        self.begin();
        for _ in 0..MOST {
            let by_system = self.opener.iter().all(Actor::is_system);
            let closed = self.states.iter().any(|it| self.procedure.is_final(it));
            if (by_system && closed) || self.missing().is_empty() {
                return;
            }
            let gone = &self.gone;
            let least = self
                .open
                .iter()
                .enumerate()
                .min_by_key(|(_, it)| gone.get(&it.case.state).copied().unwrap_or_default());
            let Some(at) = least.map(|(at, _)| at) else { return };
            let place = self.open.remove(at);
            *self.gone.entry(place.case.state.clone()).or_default() += 1;
            self.go_on_from(&place);
        }
        self.open.clear();
    }

    /// Opens the case in every way, by whoever may.
    fn begin(&mut self) {
        let definition = &self.procedure.definition;
        let ways = self.ways("", &definition.form.clone());
        let mut opened = false;
        for actor in self.opener.clone() {
            if opened && !self.thorough {
                return;
            }
            for fields in &ways {
                let asked = Open { fields: fields.clone(), ..asked(None) };
                let now = self.hand.now;
                let answer = self
                    .world
                    .ask(now, &[], |context| open(self.procedure, &actor, asked, context));
                match answer {
                    Ok((case, events)) => {
                        opened = true;
                        let place = Place { case, children: Vec::new(), now };
                        self.arrive(place, &events);
                    }
                    Err(Refusal::NotAllowed { .. }) => break,
                    Err(refusal) => self.refuse("opening", &refusal),
                }
            }
        }
    }

    /// The ways to fill in a form.
    fn ways(&mut self, action: &str, form: &Map<String, Value>) -> Vec<Map<String, Value>> {
        if let Some(ways) = self.forms.get(action) {
            return ways.clone();
        }
        let mut ways = if self.thorough {
            sample::thorough(form, &self.conditions, &self.hand)
        } else {
            sample::plain(form, &self.hand)
        };
        let named = Some(action).filter(|it| !it.is_empty());
        for particular in inputs::of(self.procedure.code(), named) {
            let mut way = ways.last().cloned().unwrap_or_default();
            way.extend(particular);
            ways.insert(0, way);
        }
        self.forms.insert(action.to_owned(), ways.clone());
        ways
    }

    fn go_on_from(&mut self, place: &Place) {
        if let Some(at) = time::signals(self, place) {
            drop(self.try_it(place, at, &Actor::system(), Command::Tick, ""));
        }
        self.close_children(place);
        self.ordinary(place);
        for rule in &self.procedure.actions {
            if rule.definition.from.contains(&place.case.state) {
                self.take(place, &rule.definition.code);
            }
        }
    }

    fn take(&mut self, place: &Place, code: &str) {
        let Some(rule) = self.procedure.action(code) else { return };
        let ways = self.ways(code, &rule.definition.form.clone());
        let guard = rule.definition.guard.clone().unwrap_or_default();
        let mut posts = BTreeSet::new();
        for actor in self.in_question(place) {
            let post = actor.id.map(people::post);
            if posts.contains(&post) {
                continue;
            }
            let mut done = false;
            for now in time::when(self, place, rule, &actor, &ways) {
                for input in &ways {
                    let action = code.to_owned();
                    let command = Command::Act { action, input: input.clone(), note: None };
                    match self.try_it(place, now, &actor, command, code) {
                        Ok(()) => {
                            self.actions.insert(code.to_owned());
                            done = true;
                        }
                        Err(Refusal::NotAllowed { .. } | Refusal::NotFound)
                            if !guard.contains("input") =>
                        {
                            break;
                        }
                        Err(Refusal::Guarded { .. }) if !guard.contains("input") => break,
                        Err(_) => {}
                    }
                }
            }
            if done {
                posts.insert(post);
                if !self.thorough {
                    return;
                }
            }
        }
    }

    /// Those who could act: whose it is comes first.
    fn in_question(&self, place: &Place) -> Vec<Actor> {
        let own = [place.case.assignee_id, place.case.owner_id, place.case.opened_by];
        let mut all = self.cast.clone();
        all.sort_by_key(|it| it.id.is_none() || !own.contains(&it.id));
        all
    }

    /// What the system does with a follow-up's result.
    fn close_children(&mut self, place: &Place) {
        for (at, child) in place.children.iter().enumerate().filter(|(_, it)| !it.closed) {
            for result in results::of(self, child, self.thorough) {
                let mut after = place.clone();
                after.children[at] = result.clone();
                let command = Command::FollowUpClosed { child: result };
                drop(self.try_it(&after, after.now, &Actor::system(), command, ""));
            }
        }
    }

    /// Ordinary acts that procedures rest on: somebody takes the case, is named a helper, decides.
    fn ordinary(&mut self, place: &Place) {
        let mut codes = vec!["approve", "refuse"];
        if place.case.assignee_id.is_none() {
            codes.extend(["claim", "assign"]);
        }
        let text = self.conditions.join(" ");
        let helped =
            self.procedure.definition.actions.iter().any(|it| it.by.contains(&"helper".to_owned()));
        if place.case.helpers.is_empty() && (helped || text.contains("helpers")) {
            codes.push("add_helper");
        }
        for code in codes {
            let somebody: Vec<Value> = match code {
                "assign" | "add_helper" => {
                    self.hand.people.iter().map(|it| it.to_string().into()).collect()
                }
                _ => vec![Value::Null],
            };
            for person in somebody {
                let mut input = Map::new();
                match code {
                    "refuse" => drop(input.insert("reason".to_owned(), "不同意".into())),
                    "assign" => drop(input.insert("to".to_owned(), person)),
                    "add_helper" => drop(input.insert("person_id".to_owned(), person)),
                    _ => {}
                }
                let mut posts = BTreeSet::new();
                for actor in self.cast.clone() {
                    let post = actor.id.map(people::post);
                    let action = code.to_owned();
                    let command = Command::Act { action, input: input.clone(), note: None };
                    if !posts.contains(&post)
                        && self.try_it(place, place.now, &actor, command, "").is_ok()
                    {
                        posts.insert(post);
                    }
                }
            }
        }
    }

    fn try_it(
        &mut self,
        place: &Place,
        now: Timestamp,
        actor: &Actor,
        command: Command,
        action: &str,
    ) -> Result<(), Refusal> {
        let answer = self.world.ask(now, &place.children, |context| {
            decide(self.procedure, &place.case, actor, command, context)
        });
        match answer {
            Ok(events) => {
                let case = events.iter().fold(Some(place.case.clone()), evolve);
                let Some(case) = case else { return Ok(()) };
                self.arrive(Place { case, children: place.children.clone(), now }, &events);
                Ok(())
            }
            Err(refusal) => {
                self.refuse(action, &refusal);
                Err(refusal)
            }
        }
    }

    /// Notes what has happened, and where it can be gone on from.
    fn arrive(&mut self, mut place: Place, events: &[Event]) {
        for event in events {
            match &event.fact {
                Fact::ActionTaken { action, .. } => drop(self.actions.insert(action.clone())),
                Fact::FollowUpOpened(opened) => {
                    let at = place.children.len();
                    match results::open_child(self, &place, opened, at) {
                        Ok(child) => {
                            self.follow_ups.insert(opened.follow_up.clone());
                            place.children.push(child);
                        }
                        Err(refusal) => {
                            let what = format!("follow-up {} cannot be opened: ", opened.follow_up);
                            self.broken.insert(what + &words(&refusal));
                        }
                    }
                }
                _ => {}
            }
        }
        self.note_acts(events);
        self.states.insert(place.case.state.clone());
        let key = self.key(&place);
        if place.children.len() <= 8 && self.seen.insert(key) {
            self.open.push(place);
        }
    }

    /// What the system did by itself, and whether the rules ever let it.
    fn note_acts(&mut self, events: &[Event]) {
        let refused = |act: &str| {
            events.iter().any(
                |it| matches!(&it.fact, Fact::ActRefused { act: refused, .. } if refused == act),
            )
        };
        for event in events {
            if let Fact::FollowUpClosed { act: Some(act), .. }
            | Fact::ClockEscalated { act: Some(act), .. } = &event.fact
            {
                *self.acts.entry(act.clone()).or_default() |= !refused(act);
            }
        }
    }

    /// Two places of one key can be gone on from in the same way.
    fn key(&self, place: &Place) -> String {
        let case = &place.case;
        let told: Vec<_> =
            case.fields.iter().filter(|(name, _)| self.looked_at.contains(*name)).collect();
        let round = case.approval.as_ref().filter(|it| it.is_open());
        let round = round.map(|it| (it.step, it.votes.iter().map(|it| it.by).collect::<Vec<_>>()));
        let children: Vec<_> = (place.children.iter())
            .map(|it| (&it.follow_up, &it.state, it.closed, results::looked_at(self, it)))
            .collect();
        let assignee = case.assignee_id.map(people::post);
        let fired: usize = case.clocks.iter().map(|it| it.fired.len()).sum();
        format!(
            "{} {told:?} {round:?} {children:?} {assignee:?} {} {fired}",
            case.state,
            case.helpers.len()
        )
    }

    fn refuse(&mut self, action: &str, refusal: &Refusal) {
        if let Refusal::BrokenRule { .. } | Refusal::NoDeadline { .. } = refusal {
            self.broken.insert(words(refusal));
        }
        if !action.is_empty() {
            self.refused.entry(action.to_owned()).or_default().insert(words(refusal));
        }
    }

    fn missing(&self) -> Vec<String> {
        let definition = &self.procedure.definition;
        let actions = definition.actions.iter().filter(|it| !self.actions.contains(&it.code));
        let mut found: Vec<_> = actions
            .map(|it| {
                let why = self.refused.get(&it.code).into_iter().flatten();
                let why: Vec<_> = why.take(4).cloned().collect();
                format!("`{}` can never be taken ({})", it.code, why.join("; "))
            })
            .collect();
        for state in &definition.states {
            if !self.states.contains(&state.code) && state.code != WITHDRAWN {
                found.push(format!("the state `{}` is never reached", state.code));
            }
        }
        for follow_up in &definition.follow_ups {
            if !self.follow_ups.contains(follow_up.code()) {
                found.push(format!("the follow-up `{}` is never opened", follow_up.code()));
            }
        }
        if self.states.is_empty() {
            let why = self.refused.get("opening").into_iter().flatten().cloned();
            found = vec![format!("nobody can open it: {}", why.collect::<Vec<_>>().join("; "))];
        }
        found
    }

    fn report(&self) -> Vec<String> {
        let mut found = self.missing();
        found.extend(self.broken.iter().cloned());
        let never = self.acts.iter().filter(|(_, done)| !**done);
        found.extend(
            never.map(|(act, _)| format!("what the system does, `{act}`, is always refused")),
        );
        found
    }

    /// The procedure's conditions, as written.
    pub(super) fn conditions(&self) -> &[String] {
        &self.conditions
    }
}

/// A refusal in a line.
pub(super) fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid(faults) => {
            let each = faults.iter().map(|it| format!("{} {}", it.pointer, it.detail.en));
            format!("invalid: {}", each.collect::<Vec<_>>().join(", "))
        }
        Refusal::Guarded { condition, .. } => format!("guard {condition}"),
        Refusal::NotAllowed { needs, .. } => format!("needs {}", needs.join(" or ")),
        other => format!("{other:?}"),
    }
}

/// What opening a case of no particular kind says.
pub(super) fn asked(origin: Option<Origin>) -> Open {
    Open {
        id: CASE,
        number: "W-1".to_owned(),
        subject: "办理".to_owned(),
        channel: Channel::Phone,
        priority: Priority::Normal,
        site_id: Some(SITE),
        customer_id: Some(CUSTOMER),
        asset_id: None,
        fields: Map::new(),
        origin,
        duty: None,
    }
}
