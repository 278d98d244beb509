//! What Rust adds to the models of base, web, mail and project: one file a model.

pub(crate) mod change_password_own;
mod clock;
pub mod mail_activity;
pub mod mail_activity_mixin;
pub mod mail_activity_type;
pub mod mail_alias;
pub mod mail_alias_domain;
pub mod mail_alias_mixin;
pub mod mail_followers;
pub mod mail_mail;
pub mod mail_message;
pub mod mail_message_subtype;
pub mod mail_thread;
pub mod mail_thread_blacklist;
pub mod mail_tracking_duration_mixin;
pub mod project_collaborator;
pub mod project_milestone;
pub mod project_partner;
pub mod project_project;
pub mod project_share_wizard;
pub mod project_tags;
pub mod project_task;
pub mod project_task_recurrence;
pub mod project_task_type;
pub mod project_update;
pub(crate) mod rows;
pub mod stored_action;

use crate::orm::Behaviour;

mod avatar_mixin;
pub mod base;
mod base_import;
mod base_language_install;
pub mod email;
mod ir_actions;
mod ir_actions_server;
mod ir_attachment;
pub(crate) mod ir_config_parameter;
mod ir_cron;
mod ir_default;
pub mod ir_filters;
mod ir_model;
mod ir_model_data;
mod ir_model_fields;
mod ir_module;
mod ir_sequence;
pub mod ir_ui_menu;
mod ir_ui_view;
pub mod mimetype;
mod portal_mixin;
mod rating;
mod res_company;
mod res_country;
mod res_currency;
mod res_groups;
pub mod res_lang;
mod res_partner;
mod res_partner_bank;
mod res_partner_category;
mod res_partner_fields;
mod res_partner_onchange;
mod res_partner_sync;
mod res_users;
pub mod res_users_apikeys;
mod res_users_apikeys_description;
mod res_users_fields;
mod res_users_methods;
mod res_users_names;
mod resource_calendar;
mod views;

pub use ir_actions::bindings;
pub use res_users_methods::session_user_context;

/// All behaviours, those below first.
pub fn all() -> Vec<Behaviour> {
    let mut all = base_models();
    all.extend(project_models());
    all
}

fn base_models() -> Vec<Behaviour> {
    let mut all = vec![
        base::behaviour(),
        base_import::behaviour(),
        base_language_install::behaviour(),
        avatar_mixin::behaviour(),
        avatar_mixin::of_partner(),
        ir_actions_server::behaviour(),
        ir_attachment::behaviour(),
        ir_config_parameter::behaviour(),
        ir_cron::behaviour(),
        ir_cron::embedded(),
        ir_default::behaviour(),
        ir_filters::behaviour(),
        ir_model::behaviour(),
        ir_model::rights(),
        ir_model::rules(),
        ir_model_data::behaviour(),
        ir_model_fields::behaviour(),
        ir_sequence::behaviour(),
        ir_sequence::date_range(),
        ir_ui_menu::behaviour(),
        ir_ui_view::behaviour(),
        portal_mixin::behaviour(),
        portal_mixin::history(),
        res_company::behaviour(),
        res_country::behaviour(),
        res_country::state(),
        res_currency::behaviour(),
        res_currency::rate(),
        res_groups::behaviour(),
        res_lang::behaviour(),
        res_partner::behaviour(),
        res_partner_bank::bank(),
        res_partner_bank::behaviour(),
        res_partner_category::behaviour(),
        res_users::behaviour(),
        res_users_apikeys::behaviour(),
        change_password_own::behaviour(),
        res_users_apikeys_description::behaviour(),
        res_users_apikeys_description::identity_check(),
    ];
    all.extend(ir_actions::behaviours());
    all.extend(ir_module::behaviours());
    all.extend(rating::behaviours());
    all.extend(resource_calendar::behaviours());
    all
}

fn project_models() -> Vec<Behaviour> {
    vec![
        mail_activity::behaviour(),
        mail_activity_mixin::behaviour(),
        mail_activity_type::behaviour(),
        mail_alias::behaviour(),
        mail_alias_domain::behaviour(),
        mail_alias_mixin::behaviour(),
        mail_followers::behaviour(),
        mail_mail::behaviour(),
        mail_message::behaviour(),
        mail_message_subtype::behaviour(),
        mail_thread::behaviour(),
        mail_thread_blacklist::behaviour(),
        mail_tracking_duration_mixin::behaviour(),
        project_collaborator::behaviour(),
        project_milestone::behaviour(),
        project_partner::behaviour(),
        project_project::behaviour(),
        project_share_wizard::behaviour(),
        project_tags::behaviour(),
        project_task::behaviour(),
        project_task_recurrence::behaviour(),
        project_task_type::behaviour(),
        project_update::behaviour(),
    ]
}
