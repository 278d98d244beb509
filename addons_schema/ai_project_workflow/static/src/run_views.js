// Views that follow a run by themselves: the forms of a project and of a task, the boards of projects and of tasks.
import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { formView } from "@web/views/form/form_view";
import { kanbanView } from "@web/views/kanban/kanban_view";

import { useFollow } from "./follow";

const PROJECT = "project.project";

/** A form whose record belongs to a run. */
export class RunFormController extends formView.Controller {
    setup() {
        super.setup();
        let typing = false;
        useBus(this.model.bus, "FIELD_IS_DIRTY", (event) => (typing = event.detail));
        useFollow({
            project: () => this.followed,
            busy: () => typing || this.model.root.dirty || Boolean(this.rootRef.el?.querySelector(".o_selected_row")),
            refresh: () => this.model.root.load(),
        });
    }

    /** The project whose run the record is part of. */
    get followed() {
        const { isNew, resId, resModel, data } = this.model.root;
        if (isNew) {
            return false;
        }
        if (resModel === PROJECT) {
            return data.ai_template_id ? resId : false;
        }
        return data.ai_stage_id && data.project_id ? data.project_id[0] : false;
    }
}

/** A board whose cards belong to runs. */
export class RunKanbanController extends kanbanView.Controller {
    setup() {
        super.setup();
        useFollow({
            project: () => true,
            // On a board of tasks a card may come, go or move with each event; a project's only changes.
            concerns: ({ project_id }) =>
                this.props.resModel !== PROJECT || this.model.root.records.some((r) => r.resId === project_id),
            busy: () => Boolean(this.rootRef.el?.querySelector(".o_dragged, .o_kanban_quick_create, .o_column_quick_create input")),
            refresh: async () => {
                await this.model.load();
                this.model.useSampleModel = false;
                this.model.notify();
            },
        });
    }
}

const views = registry.category("views");
views.add("ai_run_form", { ...formView, Controller: RunFormController });
views.add("ai_run_kanban", { ...kanbanView, Controller: RunKanbanController });
