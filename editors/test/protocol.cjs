// The server as editors built on vscode-languageserver-protocol see it: types and connection are theirs.
// Usage: NODE_PATH=…/node_modules node editors/test/protocol.cjs PROGRAM

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const lsp = require("vscode-languageserver-protocol/node");

const POD = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostNetwork: true
  containers:
    - name: web
      image: web:1.2
      securityContext: {privileged: true}
`;

const DOCKERFILE = `FROM alpine:3.20
RUN curl -k https://host.example/x -o /x
USER 1000
`;

const POLICY = `module own.net
rule own-network on Pod p {
  title    "Pods have a network of their own"
  severity high
  forbid p.spec.hostNetwrk == true else "{p.metadata.name} shares the network of its node"
}
`;

/** The text under a range. */
function under(text, range) {
  const lines = text.split("\n");
  assert.equal(range.start.line, range.end.line);
  return lines[range.start.line].slice(range.start.character, range.end.character);
}

async function main() {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "policyc [ü] ")));
  const uri = (name) => pathToFileURL(path.join(folder, name)).toString();
  fs.writeFileSync(path.join(folder, "pod.yaml"), POD);
  fs.writeFileSync(path.join(folder, "net.policy"), POLICY);
  fs.writeFileSync(path.join(folder, "Dockerfile"), DOCKERFILE);
  const server = spawn(process.argv[2], ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => server.on("exit", resolve));
  const connection = lsp.createProtocolConnection(server.stdout, server.stdin);
  const shown = new Map();
  let changed = () => {};
  connection.onNotification(lsp.PublishDiagnosticsNotification.type, (params) => {
    shown.set(decodeURIComponent(params.uri), params.diagnostics);
    changed();
  });
  connection.onRequest(lsp.RegistrationRequest.type, () => {});
  connection.listen();
  const until = async (what, holds) => {
    const late = setTimeout(() => assert.fail(`waiting until ${what}`), 60_000);
    while (!holds()) {
      await new Promise((resolve) => (changed = resolve));
    }
    clearTimeout(late);
  };
  const of = (name) => shown.get(decodeURIComponent(uri(name))) ?? [];
  const codes = (name) => of(name).map((found) => found.code);

  const result = await connection.sendRequest(lsp.InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      workspace: { didChangeWatchedFiles: { dynamicRegistration: true } },
      textDocument: { publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, dataSupport: true } },
    },
    workspaceFolders: [{ uri: uri(""), name: "test" }],
  });
  assert.equal(result.capabilities.textDocumentSync.change, lsp.TextDocumentSyncKind.Incremental);
  await connection.sendNotification(lsp.InitializedNotification.type, {});
  for (const [name, languageId, text] of [["pod.yaml", "yaml", POD], ["net.policy", "policyc", POLICY], ["Dockerfile", "dockerfile", DOCKERFILE]]) {
    const textDocument = { uri: uri(name), languageId, version: 1, text };
    await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument });
  }
  await until("the manifest is judged", () => codes("pod.yaml").includes("privileged-container"));
  await until("the Dockerfile is judged", () => codes("Dockerfile").includes("tls-off-curl"));
  const insecure = of("Dockerfile").find((found) => found.code === "tls-off-curl");
  assert.equal(under(DOCKERFILE, insecure.range), "-k");
  assert.equal(insecure.severity, lsp.DiagnosticSeverity.Error);
  assert.ok(insecure.codeDescription.href);
  await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
    textDocument: { uri: uri("Dockerfile"), version: 2 },
    contentChanges: [{ range: insecure.range, text: "-f" }],
  });
  await until("the Dockerfile is mended", () => !codes("Dockerfile").includes("tls-off-curl"));
  await until("the policy is compiled", () => codes("net.policy").includes("policy/type"));
  const mistake = of("net.policy").find((found) => found.code === "policy/type");
  assert.equal(under(POLICY, mistake.range), "hostNetwrk");
  assert.match(mistake.message, /did you mean `hostNetwork`\?/);
  const start = mistake.range.start;
  const change = { range: mistake.range, text: "hostNetwork" };
  await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
    textDocument: { uri: uri("net.policy"), version: 2 },
    contentChanges: [change],
  });
  await until("the rule judges", () => codes("pod.yaml").includes("own-network"));
  const finding = of("pod.yaml").find((found) => found.code === "own-network");
  assert.equal(under(POD, finding.range), "true");
  const textDocument = { uri: uri("net.policy") };
  const position = { line: start.line, character: start.character + 3 };
  const hover = await connection.sendRequest(lsp.HoverRequest.type, { textDocument, position });
  assert.match(hover.contents.value, /PodSpec\.hostNetwork: bool\?/);
  const offers = await connection.sendRequest(lsp.CompletionRequest.type, { textDocument, position });
  assert.ok(offers.items.some((item) => item.label === "hostNetwork"));
  const tokens = await connection.sendRequest(lsp.SemanticTokensRequest.type, { textDocument });
  assert.equal(tokens.data.length % 5, 0);
  await connection.sendRequest(lsp.ShutdownRequest.type);
  await connection.sendNotification(lsp.ExitNotification.type);
  assert.equal(await ended, 0);
  fs.rmSync(folder, { recursive: true });
  console.log("vscode-languageserver-protocol: all good");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
