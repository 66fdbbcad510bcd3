// The colours of the TextMate grammar, by the engine that VS Code has. Every example is gone through, and some words of
// one are looked at.
// Usage: NODE_PATH=…/node_modules node editors/test/grammar.cjs

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const root = path.join(__dirname, "../..");
const grammar = path.join(root, "editors/vscode/syntaxes/policyc.tmLanguage.json");

const TEXT = `module own.a  # why
rule no-root on workload w {
  title    "A {w.name} b"
  severity high
  for c in w.containers {
    forbid c.image matches /^evil\\/.*$/ and c.limit > 10Mi
      else "{c.name} since 2027-06-30"
  }
}
test "t" {
  given yaml """
    kind: Pod
    """
  expect no-root passes
}
`;

const EXPECTED = [
  ["# why", "comment.line.number-sign.policyc"],
  ["no-root", "entity.name.class.policyc"],
  ["own.a", "entity.name.namespace.policyc"],
  ["title", "keyword.other.policyc"],
  ["{", "meta.interpolation.policyc"],
  ["high", "constant.language.policyc"],
  ["containers", "variable.other.property.policyc"],
  ["forbid", "keyword.control.policyc"],
  ["/^evil\\/.*$/", "string.regexp.policyc"],
  ["10Mi", "constant.numeric.policyc"],
  ["    kind: Pod", "meta.embedded.block.yaml"],
  ["passes", "constant.language.policyc"],
];

/** Pairs of a piece of text and its scopes. */
function tokens(language, text) {
  const found = [];
  let state = textmate.INITIAL;
  for (const line of text.split("\n")) {
    const result = language.tokenizeLine(line, state);
    state = result.ruleStack;
    for (const { startIndex, endIndex, scopes } of result.tokens) {
      found.push([line.slice(startIndex, endIndex), scopes]);
    }
  }
  assert.equal(state.depth, 1, "something is still open at the end");
  return found;
}

async function main() {
  const wasm = require.resolve("vscode-oniguruma").replace(/main\.js$/, "onig.wasm");
  await oniguruma.loadWASM(fs.readFileSync(wasm).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    // YAML and JSON come with the editor; here a grammar that knows nothing stands for them.
    loadGrammar: async (scope) =>
      scope === "source.policyc"
        ? textmate.parseRawGrammar(fs.readFileSync(grammar, "utf8"), grammar)
        : { scopeName: scope, patterns: [{ match: "$^" }], repository: {} },
  });
  const language = await registry.loadGrammar("source.policyc");
  const found = tokens(language, TEXT);
  for (const [piece, scope] of EXPECTED) {
    const same = found.filter(([text]) => text === piece);
    assert.ok(same.some(([, scopes]) => scopes.includes(scope)), `${piece}: ${JSON.stringify(same)} and not ${scope}`);
  }
  const folder = path.join(root, "examples/policies");
  for (const name of fs.readdirSync(folder)) {
    tokens(language, fs.readFileSync(path.join(folder, name), "utf8"));
  }
  console.log("the grammar: all good");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
