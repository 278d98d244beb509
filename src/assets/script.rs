//! JavaScript: modules wrapped as the client's loader expects, and whitespace taken out. The only file that knows oxc.
//!
//! ```text
//! odoo.define("@web/core/x", ["@web/core/y"], function (require) {
//!     "use strict"; let __exports = {}; … return __exports;
//! });
//! ```
//! Only the import and export statements are rewritten; all else stays as written, on the line it was on.

use std::fmt::Write as _;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    BindingPattern, Declaration, ExportDeclaration, ExportDefaultDeclaration, ExportDefaultDeclarationKind,
    ExportSpecifier, ImportDeclaration, ImportDeclarationSpecifier, ModuleExportName, Statement,
};
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_parser::{Parser, ParserReturn};
use oxc_span::{GetSpan as _, SourceType};

use crate::error::{Error, Result};
use crate::value::Json;

/// Key of the default export.
const DEFAULT: &str = "Symbol.for(\"default\")";

/// The content of the file at `url` as a classic script.
pub fn classic(url: &str, text: &str) -> Result<String> {
    let marker = Marker::of(text);
    let Some(name) = module_name(url).filter(|_| !marker.ignore && (marker.module || is_source(url))) else {
        return Ok(text.to_owned());
    };
    let allocator = Allocator::default();
    let parsed = parse(&allocator, url, text, SourceType::mjs())?;
    let mut module = Module { url, text, requires: vec![], edits: vec![] };
    for statement in &parsed.program.body {
        module.statement(statement)?;
    }
    Ok(module.wrapped(&name, &marker))
}

/// The same script without comments and needless whitespace.
pub fn minified(url: &str, text: &str) -> Result<String> {
    let allocator = Allocator::default();
    let parsed = parse(&allocator, url, text, SourceType::script())?;
    Ok(Codegen::new().with_options(CodegenOptions::minify()).build(&parsed.program).code)
}

fn parse<'a>(
    allocator: &'a Allocator,
    url: &str,
    text: &'a str,
    kind: SourceType,
) -> Result<ParserReturn<'a>> {
    let parsed = Parser::new(allocator, text, kind).parse();
    match parsed.diagnostics.iter().next() {
        None if !parsed.panicked => Ok(parsed),
        found => {
            let why = found.map(ToString::to_string).unwrap_or_default();
            Err(Error::user(format!("{url}: no JavaScript that can be read: {why}")))
        }
    }
}

/// A text as JavaScript writes it.
pub fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

fn is_source(url: &str) -> bool {
    let below = url.trim_start_matches('/').split_once('/').map_or("", |(_, below)| below);
    below.starts_with("static/src/") || below.starts_with("static/tests/")
}

/// `/web/static/src/core/x.js` is `@web/core/x`; `lib` and `tests` stand beside `src`.
fn module_name(url: &str) -> Option<String> {
    let (addon, below) = url.trim_start_matches('/').split_once("/static/")?;
    let (folder, path) = below.split_once('/')?;
    let path = path.strip_suffix(".js").unwrap_or(path);
    let path = path.strip_suffix("/index").unwrap_or(if path == "index" { "" } else { path });
    let slash = if path.is_empty() { "" } else { "/" };
    match folder {
        "src" => Some(format!("@{addon}{slash}{path}")),
        "lib" | "tests" => Some(format!("@{addon}/../{folder}{slash}{path}")),
        _ => None,
    }
}

/// The module that `wanted` means in the file at `url`.
fn resolved(url: &str, wanted: &str) -> String {
    if !wanted.starts_with("./") && !wanted.starts_with("../") {
        return wanted.strip_suffix("/index").unwrap_or(wanted).to_owned();
    }
    let mut steps: Vec<&str> = url.split('/').collect();
    steps.pop();
    for step in wanted.split('/') {
        match step {
            "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    module_name(&steps.join("/")).unwrap_or_else(|| wanted.to_owned())
}

/// `/** @odoo-module [ignore] [alias=x] [default=x] */` in a file's first comment.
#[derive(Debug, Default)]
struct Marker {
    module: bool,
    ignore: bool,
    alias: Option<String>,
    bare: bool,
}

impl Marker {
    fn of(text: &str) -> Marker {
        let line = text.trim_start().lines().next().unwrap_or_default();
        let comment = line.starts_with("/*") || line.starts_with("//");
        let Some((_, after)) = line.split_once("@odoo-module").filter(|_| comment) else {
            return Marker::default();
        };
        let value = |name: &str| {
            let (_, value) = after.split_once(name)?;
            Some(value.split(|c: char| c.is_whitespace() || c == '*').next().unwrap_or_default().to_owned())
        };
        Marker {
            module: true,
            ignore: after.trim_start().starts_with("ignore"),
            alias: value("alias="),
            bare: value("default=").is_some(),
        }
    }
}

/// A module being rewritten.
struct Module<'s> {
    url: &'s str,
    text: &'s str,
    /// Names of modules, each once, in the order they are asked for.
    requires: Vec<String>,
    /// From, to, instead.
    edits: Vec<(u32, u32, String)>,
}

impl Module<'_> {
    fn statement(&mut self, statement: &Statement<'_>) -> Result<()> {
        match statement {
            Statement::ImportDeclaration(import) => {
                let mut text = self.import(import);
                // the lines below keep their numbers
                let old = &self.text[import.span.start as usize..import.span.end as usize];
                text.push_str(&"\n".repeat(old.matches('\n').count()));
                self.edits.push((import.span.start, import.span.end, text));
            }
            Statement::ExportDeclaration(export) => self.declaration(export)?,
            Statement::ExportNamedDeclaration(export) => {
                let pairs: Vec<String> = export.specifiers.iter().map(exported).collect();
                let text = format!("Object.assign(__exports, {{ {} }});", pairs.join(", "));
                self.edits.push((export.span.start, export.span.end, text));
            }
            Statement::ExportFromDeclaration(export) => {
                let module = self.require(&export.source.value);
                let mut text = format!("{{ const __from = {module};");
                for s in &export.specifiers {
                    let _ = write!(text, "__exports{} = __from{};", member(&s.exported), member(&s.local));
                }
                text.push('}');
                self.edits.push((export.span.start, export.span.end, text));
            }
            Statement::ExportAllDeclaration(export) => {
                let module = self.require(&export.source.value);
                let text = match &export.exported {
                    None => format!("Object.assign(__exports, {module});"),
                    Some(name) => format!("__exports{} = {module};", member(name)),
                };
                self.edits.push((export.span.start, export.span.end, text));
            }
            Statement::ExportDefaultDeclaration(export) => self.default(export),
            _ => {}
        }
        Ok(())
    }

    /// The call that gets a module; notes that it is needed.
    fn require(&mut self, wanted: &str) -> String {
        let name = resolved(self.url, wanted);
        let call = format!("require({})", quoted(&name));
        if !self.requires.contains(&name) {
            self.requires.push(name);
        }
        call
    }

    fn import(&mut self, import: &ImportDeclaration<'_>) -> String {
        let module = self.require(&import.source.value);
        let (mut text, mut named) = (String::new(), vec![]);
        for specifier in import.specifiers.iter().flatten() {
            match specifier {
                ImportDeclarationSpecifier::ImportDefaultSpecifier(s) => {
                    let _ = write!(text, "const {} = {module}[{DEFAULT}];", s.local.name);
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(s) => {
                    let _ = write!(text, "const {} = {module};", s.local.name);
                }
                ImportDeclarationSpecifier::ImportSpecifier(s) => {
                    named.push(pair(&s.imported, &s.local.name))
                }
            }
        }
        if !named.is_empty() {
            let _ = write!(text, "const {{ {} }} = {module};", named.join(", "));
        }
        if text.is_empty() { format!("{module};") } else { text }
    }

    fn declaration(&mut self, export: &ExportDeclaration<'_>) -> Result<()> {
        let (start, inner) = (export.span.start, export.declaration.span().start);
        match &export.declaration {
            Declaration::FunctionDeclaration(f) => {
                let name = f.id.as_ref().map_or("", |id| id.name.as_str());
                self.edits.push((start, inner, format!("__exports.{name} = {name}; ")));
            }
            Declaration::ClassDeclaration(c) => {
                let name = c.id.as_ref().map_or("", |id| id.name.as_str());
                self.edits.push((start, inner, format!("const {name} = __exports.{name} = ")));
            }
            Declaration::VariableDeclaration(v) => {
                self.edits.push((start, inner, String::new()));
                for d in &v.declarations {
                    if let BindingPattern::BindingIdentifier(id) = &d.id {
                        let end = id.span.end;
                        self.edits.push((end, end, format!(" = __exports.{}", id.name)));
                    } else {
                        let names: Vec<&str> =
                            d.id.get_binding_identifiers().iter().map(|id| id.name.as_str()).collect();
                        let text = format!(";Object.assign(__exports, {{ {} }});", names.join(", "));
                        self.edits.push((export.span.end, export.span.end, text));
                    }
                }
            }
            _ => return Err(Error::user(format!("{}: TypeScript is not supported.", self.url))),
        }
        Ok(())
    }

    fn default(&mut self, export: &ExportDefaultDeclaration<'_>) {
        let name =
            |id: &Option<oxc_ast::ast::BindingIdentifier<'_>>| id.as_ref().map(|id| id.name.to_string());
        let text = match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(f) => {
                name(&f.id).map(|n| format!("__exports[{DEFAULT}] = {n}; "))
            }
            ExportDefaultDeclarationKind::ClassDeclaration(c) => {
                name(&c.id).map(|n| format!("const {n} = __exports[{DEFAULT}] = "))
            }
            _ => None,
        };
        let text = text.unwrap_or_else(|| format!("__exports[{DEFAULT}] = "));
        self.edits.push((export.span.start, export.declaration.span().start, text));
    }

    fn wrapped(mut self, name: &str, marker: &Marker) -> String {
        self.edits.sort_by_key(|(start, ..)| *start);
        let requires: Vec<String> = self.requires.iter().map(|r| quoted(r)).collect();
        let name = quoted(name);
        let mut out = format!("odoo.define({name}, [{}], function (require) {{", requires.join(", "));
        out.push_str("\"use strict\"; let __exports = {};\n");
        let mut at = 0;
        for (start, end, text) in &self.edits {
            out.push_str(&self.text[at..*start as usize]);
            out.push_str(text);
            at = *end as usize;
        }
        out.push_str(&self.text[at..]);
        out.push_str("\nreturn __exports;\n});\n");
        if let Some(alias) = &marker.alias {
            let what = if marker.bare { String::new() } else { format!("[{DEFAULT}]") };
            let alias = quoted(alias);
            let _ = writeln!(
                out,
                "odoo.define({alias}, [{name}], function (require) {{ return require({name}){what}; }});"
            );
        }
        out
    }
}

/// `imported: local` within the braces of a destructuring.
fn pair(imported: &ModuleExportName<'_>, local: &str) -> String {
    match imported.name().as_str() {
        "default" => format!("[{DEFAULT}]: {local}"),
        name if name == local => local.to_owned(),
        name => format!("{name}: {local}"),
    }
}

fn exported(specifier: &ExportSpecifier<'_>) -> String {
    pair(&specifier.exported, specifier.local.name().as_str())
}

fn member(name: &ModuleExportName<'_>) -> String {
    match name.name().as_str() {
        "default" => format!("[{DEFAULT}]"),
        name => format!(".{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(text: &str) -> String {
        let made = classic("/web/static/src/core/x.js", text).unwrap();
        let (head, body) = made.split_once('\n').unwrap();
        assert!(head.starts_with("odoo.define(\"@web/core/x\", ["), "{head}");
        body.trim_end().strip_suffix("return __exports;\n});").unwrap().trim_end().to_owned()
    }

    #[test]
    fn imports() {
        let made = classic("/web/static/src/core/x.js", "import {\n a,\n b as c,\n} from \"./y\";\nc(a);\n")
            .unwrap();
        assert!(
            made.starts_with("odoo.define(\"@web/core/x\", [\"@web/core/y\"], function (require) {"),
            "{made}"
        );
        assert_eq!(made.lines().nth(5), Some("c(a);"), "line numbers stay");
        assert_eq!(inside("import * as q from '@odoo/owl';"), "const q = require(\"@odoo/owl\");");
        assert_eq!(
            inside("import d from '../z';"),
            "const d = require(\"@web/z\")[Symbol.for(\"default\")];"
        );
        assert_eq!(inside("import '@web/p';"), "require(\"@web/p\");");
    }

    #[test]
    fn exports() {
        assert_eq!(inside("export async function f() {}"), "__exports.f = f; async function f() {}");
        assert_eq!(inside("export class C {}"), "const C = __exports.C = class C {}");
        assert_eq!(inside("export const v = 1;"), "const v = __exports.v = 1;");
        assert_eq!(
            inside("export const { a, b } = o;"),
            "const { a, b } = o;;Object.assign(__exports, { a, b });"
        );
        assert_eq!(
            inside("const a = 1; export { a as b };"),
            "const a = 1; Object.assign(__exports, { b: a });"
        );
        assert_eq!(
            inside("export { a, b as c } from './m';"),
            "{ const __from = require(\"@web/core/m\");__exports.a = __from.a;__exports.c = __from.b;}"
        );
        assert_eq!(inside("export * from '@m/n';"), "Object.assign(__exports, require(\"@m/n\"));");
        assert_eq!(inside("export default 4;"), "__exports[Symbol.for(\"default\")] = 4;");
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        let text = "const t = `\nexport class C {}\nimport x from 'y';\n`;";
        assert_eq!(inside(text), text);
    }

    #[test]
    fn names_and_markers() {
        assert_eq!(module_name("/web/static/lib/a/b.js").unwrap(), "@web/../lib/a/b");
        assert_eq!(module_name("/web/static/src/index.js").unwrap(), "@web");
        assert_eq!(module_name("/web/static/src/a/index.js").unwrap(), "@web/a");
        let plain = "/** @odoo-module ignore **/\nimport x from 'y';";
        assert_eq!(classic("/web/static/src/a.js", plain).unwrap(), plain);
        assert_eq!(classic("/web/static/lib/a.js", "var a;").unwrap(), "var a;");
        let aliased =
            classic("/web/static/src/a.js", "/** @odoo-module alias=web.A default=false **/").unwrap();
        assert!(aliased.ends_with(
            "odoo.define(\"web.A\", [\"@web/a\"], function (require) { return require(\"@web/a\"); });\n"
        ));
        assert!(classic("/web/static/src/a.js", "import {").is_err());
    }

    #[test]
    fn minifying_keeps_texts() {
        let text = "// gone\nconst a = `kept   \n  // here`; /* gone */ f(a, 'x');\n";
        let small = minified("/x.js", text).unwrap();
        assert!(small.contains("`kept   \n  // here`") && !small.contains("gone"), "{small}");
    }
}
