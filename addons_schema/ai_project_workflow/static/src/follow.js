// Keeps what is on the screen fresh while a run goes on: /ai/events says when something has happened, and the view
// reads again what it shows.
import { useEffect, useExternalListener } from "@odoo/owl";
import { ConnectionLostError } from "@web/core/network/rpc";

/** One reading for what happens at once. */
const GATHER = 200;
/** How long to wait for a user who is busy, for the network, or after the stream was refused. */
const [BUSY, AGAIN] = [700, 30000];

/**
 * Listens while the component is mounted and its tab is looked at: a browser has few connections for all tabs.
 *
 * @param {Object} what
 * @param {() => number | boolean} what.project the project to listen to; true: all that the user may read; false: none
 * @param {(event: Object) => boolean} [what.concerns] whether an event changes what is shown
 * @param {() => boolean} what.busy whether reading again would disturb the user
 * @param {() => Promise} what.refresh reads again
 */
export function useFollow({ project, concerns = () => true, busy, refresh }) {
    let source, reading, opening, last, running;
    let wanted = false;

    // Not later for what happens meanwhile.
    const soon = (ms) => {
        wanted = true;
        reading ??= setTimeout(read, ms);
    };

    const read = async () => {
        reading = undefined;
        if (!source) {
            return;
        }
        if (running || busy()) {
            return soon(BUSY);
        }
        wanted = false;
        running = true;
        try {
            await refresh();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            soon(BUSY);
        } finally {
            running = false;
        }
    };

    const close = () => {
        source?.close();
        clearTimeout(reading);
        clearTimeout(opening);
        source = reading = undefined;
    };

    const open = () => {
        close();
        const which = project();
        if (!which || document.hidden) {
            return;
        }
        const query = new URLSearchParams();
        if (which !== true) {
            query.set("project", which);
        }
        if (last) {
            query.set("after", last);
        }
        const stream = new EventSource(`/ai/events?${query}`);
        source = stream;
        const heard = (name, act) =>
            stream.addEventListener(name, (event) => {
                last = event.lastEventId || last;
                act(JSON.parse(event.data));
            });
        // What is shown was read before the stream began; whoever comes back hears what he has missed.
        const first = !last;
        heard("ready", () => (first || wanted) && soon(0));
        heard("workflow", (event) => concerns(event) && soon(GATHER));
        stream.onerror = () => {
            // The browser tries again by itself, unless it was refused.
            if (stream === source && stream.readyState === EventSource.CLOSED) {
                opening = setTimeout(open, AGAIN);
            }
        };
    };

    useEffect(
        () => {
            last = undefined;
            open();
            return close;
        },
        () => [project()]
    );
    useExternalListener(document, "visibilitychange", () => (document.hidden ? close() : open()));
}
