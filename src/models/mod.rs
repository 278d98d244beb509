//! What Rust adds to the models of base, web, mail and project: one file a model.

use crate::orm::Behaviour;

mod avatar_mixin;
pub mod base;
pub mod email;
mod ir_actions;
mod ir_actions_server;
mod ir_attachment;
mod ir_config_parameter;
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
mod res_lang;
mod res_partner;
mod res_partner_bank;
mod res_partner_category;
mod res_partner_fields;
mod res_partner_sync;
mod res_users;
pub mod res_users_apikeys;
mod res_users_fields;
mod res_users_methods;
mod resource_calendar;

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
    ];
    all.extend(ir_actions::behaviours());
    all.extend(ir_module::behaviours());
    all.extend(rating::behaviours());
    all.extend(resource_calendar::behaviours());
    all
}

fn project_models() -> Vec<Behaviour> {
    vec![]
}
