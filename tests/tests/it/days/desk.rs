//! The people of a day, called by their posts.

use kefu_tests::{Client, Scope};

use super::Day;
use crate::attachments::{File, send};

impl Day {
    /// Whoever holds that post at this site: `mall_desk_agent`, another one as `mall_desk_agent/2`, one
    /// person with two posts as `repairer+area_steward`. Hired when first named.
    #[track_caller]
    pub(crate) fn person(&self, who: &str) -> Client {
        if who == "admin" {
            return self.server.admin();
        }
        let known = self.people.borrow().get(who).cloned();
        known.unwrap_or_else(|| {
            let posts = who.split_once('/').map_or(who, |(posts, _)| posts);
            let site = Scope::Site(&self.site);
            let grants: Vec<_> = posts.split('+').map(|post| site.grant(post)).collect();
            let hired = self.server.user_with(&posts.replace('+', "-"), &grants);
            self.people.borrow_mut().insert(who.to_owned(), hired.clone());
            hired
        })
    }

    /// Hires them all, so that they are there when somebody has to be told.
    #[track_caller]
    pub(crate) fn staff(&self, posts: &[&str]) {
        for post in posts {
            let _hired = self.person(post);
        }
    }

    /// The id of whoever holds that post.
    #[track_caller]
    pub(crate) fn id(&self, who: &str) -> String {
        self.person(who).id
    }

    /// A picture that somebody has sent in, for the form of a case; its id.
    #[track_caller]
    pub(crate) fn file(&self, who: &str) -> String {
        send(&self.person(who), &File::picture("现场.png"), None).expect(201).id()
    }
}
