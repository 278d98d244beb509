import { open } from "@web/core/open";
export const far = open("far");
