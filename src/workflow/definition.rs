//! The workflows that this binary knows, and the system actions each offers.

use crate::error::{Error, Result};
use crate::value::{Json, Map};

/// A known `workflow_class`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Its name, as stored in `workflow_class`.
    pub name: &'static str,
    /// What one task of it makes.
    pub artifact_type: &'static str,
    /// Its own system actions, beside [`GENERIC_ACTIONS`].
    pub actions: &'static [Action],
    /// What `create_tasks` falls back on: names of parts in their usual order. Empty: a list must be given.
    pub parts: &'static [&'static str],
    /// The ai_params key that lists the parts.
    pub list_param: &'static str,
    /// The ai_params key that says how many parts there shall be.
    pub count_param: &'static str,
    /// At most so many parts.
    pub most_parts: usize,
}

/// Something the system itself does as a stage's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// One task per item of a list: from ai_params, or the latest artifact of a stage.
    CreateTasks,
    /// Joins the approved artifacts in task order into one.
    Assemble,
    /// Assembles and attaches a file.
    Publish,
    /// POSTs the project as JSON, signed.
    Webhook,
}

/// What every workflow offers.
pub const GENERIC_ACTIONS: [Action; 4] =
    [Action::CreateTasks, Action::Assemble, Action::Publish, Action::Webhook];

impl Action {
    /// The value of `system_action`.
    pub fn name(self) -> &'static str {
        match self {
            Action::CreateTasks => "create_tasks",
            Action::Assemble => "assemble",
            Action::Publish => "publish",
            Action::Webhook => "webhook",
        }
    }
}

static GENERIC: Definition = Definition {
    name: "generic",
    artifact_type: "document",
    actions: &[],
    parts: &[],
    list_param: "items",
    count_param: "task_count",
    most_parts: 1000,
};

/// All known workflows, `generic` first.
pub static ALL: [Definition; 6] = [
    GENERIC,
    Definition {
        name: "website",
        artifact_type: "page",
        parts: &[
            "Home",
            "About",
            "Services",
            "Contact",
            "Portfolio",
            "Team",
            "Prices",
            "Questions",
            "News",
            "Terms",
        ],
        list_param: "pages",
        count_param: "page_count",
        most_parts: 10,
        ..GENERIC
    },
    Definition {
        name: "ebook",
        artifact_type: "chapter",
        parts: &[
            "Introduction",
            "Background",
            "First steps",
            "In practice",
            "Going further",
            "Pitfalls",
            "Examples",
            "Tools",
            "Outlook",
            "Summary",
        ],
        list_param: "chapters",
        count_param: "chapter_count",
        most_parts: 30,
        ..GENERIC
    },
    Definition {
        name: "course",
        artifact_type: "section",
        parts: &[
            "Welcome",
            "Basics",
            "Core ideas",
            "Guided practice",
            "Case study",
            "Advanced ideas",
            "Project",
            "Review",
        ],
        list_param: "lessons",
        count_param: "lesson_count",
        most_parts: 30,
        ..GENERIC
    },
    Definition {
        name: "survey",
        artifact_type: "section",
        parts: &["About you", "Your situation", "Your needs", "Your opinion", "Closing"],
        list_param: "sections",
        count_param: "section_count",
        most_parts: 20,
        ..GENERIC
    },
    Definition {
        name: "video",
        artifact_type: "section",
        parts: &["Opening", "The problem", "The idea", "How it works", "Proof", "Call to action"],
        list_param: "scenes",
        count_param: "scene_count",
        most_parts: 30,
        ..GENERIC
    },
];

impl Definition {
    /// Finds a workflow: by its name, or a Python dotted path by its last part in snake case, with or without the
    /// words Odoo hands like to put at its end. Empty is `generic`.
    pub fn find(workflow_class: &str) -> Result<&'static Definition> {
        let wanted = workflow_class.trim();
        if wanted.is_empty() {
            return Ok(&ALL[0]);
        }
        let last = snake_case(wanted.rsplit('.').next().unwrap_or(wanted));
        let bare = ["_workflow", "_project", "_template"]
            .iter()
            .fold(last.as_str(), |n, s| n.strip_suffix(s).unwrap_or(n));
        ALL.iter().find(|d| d.name == last || d.name == bare).ok_or_else(|| {
            let known: Vec<_> = ALL.iter().map(|d| d.name).collect();
            Error::user(format!(
                "The workflow class \"{workflow_class}\" is not known. Known are: {}.",
                known.join(", ")
            ))
        })
    }

    /// Refuses parameters that no run of this workflow can use.
    pub fn check_params(&self, params: &Map) -> Result<()> {
        self.count(params).map(drop)
    }

    /// How many parts the parameters ask for, if they say so.
    pub fn count(&self, params: &Map) -> Result<Option<usize>> {
        let given = match params.get(self.count_param) {
            None | Some(Json::Null | Json::Bool(false)) => return Ok(None),
            Some(Json::String(text)) => text.trim().parse().ok(),
            Some(other) => other
                .as_u64()
                .or_else(|| other.as_f64().filter(|f| f.fract() == 0.0 && *f > 0.0).map(|f| f as u64)),
        };
        match given.and_then(|n| usize::try_from(n).ok()) {
            Some(n) if (1..=self.most_parts).contains(&n) => Ok(Some(n)),
            _ => Err(Error::user(format!(
                "The parameter \"{}\" of a {} must be a whole number from 1 to {}.",
                self.count_param, self.name, self.most_parts
            ))),
        }
    }

    /// The system action of that name, if this workflow offers it.
    pub fn action(&self, name: &str) -> Result<Action> {
        let offered = || GENERIC_ACTIONS.iter().chain(self.actions);
        offered().copied().find(|a| a.name() == name).ok_or_else(|| {
            let names: Vec<_> = offered().map(|a| a.name()).collect();
            Error::user(format!(
                "The workflow \"{}\" has no system action \"{name}\". It offers: {}.",
                self.name,
                names.join(", ")
            ))
        })
    }
}

/// `EbookWorkflow` and `HTMLBook` become `ebook_workflow` and `html_book`.
fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (i, &c) in chars.iter().enumerate() {
        let after_small = i > 0 && (chars[i - 1].is_lowercase() || chars[i - 1].is_ascii_digit());
        let ends_capitals =
            i > 0 && chars[i - 1].is_uppercase() && chars.get(i + 1).is_some_and(|n| n.is_lowercase());
        if c.is_uppercase() && (after_small || ends_capitals) {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_name_and_by_python_path() {
        for (given, name) in [
            ("", "generic"),
            ("website", "website"),
            ("odoo.addons.ai_workflow_ebook.models.workflow.Ebook", "ebook"),
            ("addons.ai.EbookWorkflow", "ebook"),
            ("SurveyProject", "survey"),
        ] {
            assert_eq!(Definition::find(given).unwrap().name, name, "{given}");
        }
        let e = Definition::find("x.y.Podcast").unwrap_err().to_string();
        assert!(e.contains("generic, website, ebook, course, survey, video"), "{e}");
        assert!(ALL[1].action("publish").is_ok());
        assert!(ALL[1].action("explode").unwrap_err().to_string().contains("create_tasks"));
        assert_eq!(snake_case("HTMLBook2Go"), "html_book2_go");
    }
}
