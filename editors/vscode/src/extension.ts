// Starts the language server, and hands it the settings. What anything means is decided there.

import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions, TransportKind } from "vscode-languageclient/node";

/** Documents that the server itself has: pages of rules, and the texts of the standard library. */
const SCHEME = "policyc";

let client: LanguageClient | undefined;

function settings(): Record<string, unknown> {
  const own = vscode.workspace.getConfiguration("policyc");
  return {
    profile: own.get("profile"),
    kubernetes: own.get("kubernetes"),
    namespace: own.get("namespace"),
    workspaceDiagnostics: own.get("workspaceDiagnostics"),
    manifests: own.get("manifests"),
    dockerfiles: own.get("dockerfiles"),
  };
}

function server(): ServerOptions {
  const command = vscode.workspace.getConfiguration("policyc").get<string>("path") || "policyc";
  return { command, args: ["lsp"], transport: TransportKind.stdio };
}

async function start(): Promise<void> {
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: "policyc" },
      { scheme: "file", language: "yaml" },
      { scheme: "untitled", language: "yaml" },
      { scheme: "file", language: "json" },
      { scheme: "file", language: "dockerfile" },
    ],
    initializationOptions: settings(),
    markdown: { isTrusted: false, supportHtml: false },
  };
  const starting = new LanguageClient("policyc", "policyc", server(), options);
  try {
    await starting.start();
    client = starting;
  } catch (error) {
    const open = "Open the settings";
    const reason = error instanceof Error ? error.message : String(error);
    const chosen = await vscode.window.showErrorMessage(`policyc could not be started: ${reason}`, open);
    if (chosen === open) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "policyc.path");
    }
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

/** Gives editors the texts that the server has and no disk. */
const documents: vscode.TextDocumentContentProvider = {
  async provideTextDocumentContent(uri, token) {
    if (!client) {
      return "";
    }
    const method = "workspace/textDocumentContent";
    const answer = await client.sendRequest<{ text: string }>(method, { uri: uri.toString() }, token);
    return answer.text;
  },
};

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, documents),
    vscode.commands.registerCommand("policyc.restart", async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("policyc.path")) {
        await stop();
        await start();
      } else if (event.affectsConfiguration("policyc")) {
        await client?.sendNotification("workspace/didChangeConfiguration", { settings: { policyc: settings() } });
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}
