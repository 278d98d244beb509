import { open } from "@web/core/open";

odoo.opened = open("main").name;
