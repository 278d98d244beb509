// loaded as it is
window.box = function box() { return "box"; };
