export class Box {
    constructor(name) {
        this.name = name;
    }
}
