import { Box } from "./box";

// a comment
export function open(name) {
    return new Box(`kept   ${name}`);
}
