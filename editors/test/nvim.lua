-- Opens a manifest, a Dockerfile and a policy in Neovim without a screen, and looks at what it shows.
-- Usage: POLICYC=PROGRAM nvim --headless --clean -S editors/test/nvim.lua; ends with 0 where all is as it should be.

local program = assert(os.getenv("POLICYC"), "POLICYC names no program")
local folder = vim.fn.tempname()
vim.fn.mkdir(folder, "p")

local function write(name, text)
  local path = folder .. "/" .. name
  vim.fn.writefile(vim.split(text, "\n"), path)
  return path
end

local manifest = write("pod.yaml", [[
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1.2
      securityContext: {privileged: true}]])

local dockerfile = write("Dockerfile", [[
FROM alpine:3.20
RUN curl -k https://host.example/x -o /x
USER 1000]])

local policy = write("net.policy", [[
module own.net
rule own-network on Pod p {
  title    "Pods have a network of their own"
  severity high
  forbid p.spec.hostNetwrk == true else "{p.metadata.name} shares the network of its node"
}]])

vim.cmd([[autocmd BufRead,BufNewFile *.policy setfiletype policyc]])

local function attach(buffer)
  if vim.lsp.start then
    vim.lsp.start({ name = "policyc", cmd = { program, "lsp" }, root_dir = folder })
  else
    -- Neovim 0.7.
    _G.policyc_client = _G.policyc_client
      or vim.lsp.start_client({ name = "policyc", cmd = { program, "lsp" }, root_dir = folder })
    vim.lsp.buf_attach_client(buffer, _G.policyc_client)
  end
end

vim.api.nvim_create_autocmd("FileType", {
  pattern = { "policyc", "yaml", "dockerfile" },
  callback = function(event) attach(event.buf) end,
})
vim.cmd("filetype on")

local failed = false

local function check(what, holds)
  if not vim.wait(30000, holds, 50) then
    io.stderr:write("not so: " .. what .. "\n")
    failed = true
  end
end

--- Whether a buffer shows a code at a text.
local function shows(buffer, code, text)
  for _, found in ipairs(vim.diagnostic.get(buffer)) do
    local line = vim.api.nvim_buf_get_lines(buffer, found.lnum, found.lnum + 1, true)[1]
    local own = found.code or (found.user_data and found.user_data.lsp and found.user_data.lsp.code)
    if own == code and line:sub(found.col + 1, found.end_col) == text then
      return true
    end
  end
  return false
end

vim.api.nvim_command("edit " .. vim.fn.fnameescape(manifest))
local pod = vim.api.nvim_get_current_buf()
check("the manifest shows a finding", function() return shows(pod, "privileged-container", "true") end)

vim.api.nvim_command("edit " .. vim.fn.fnameescape(dockerfile))
local image = vim.api.nvim_get_current_buf()
check("the Dockerfile shows a finding", function() return shows(image, "tls-off-curl", "-k") end)
vim.api.nvim_buf_set_lines(image, 1, 2, true, { "RUN curl https://host.example/x -o /x" })
check("the finding goes when it is mended", function() return not shows(image, "tls-off-curl", "-k") end)

vim.api.nvim_command("edit " .. vim.fn.fnameescape(policy))
local net = vim.api.nvim_get_current_buf()
check("the policy shows a mistake", function() return shows(net, "policy/type", "hostNetwrk") end)

local line = vim.api.nvim_buf_get_lines(net, 4, 5, true)[1]
vim.api.nvim_buf_set_lines(net, 4, 5, true, { (line:gsub("hostNetwrk", "hostNetwork")) })
check("the mistake goes when it is mended", function() return #vim.diagnostic.get(net) == 0 end)

local hovered
local position = { textDocument = vim.lsp.util.make_text_document_params(net), position = { line = 4, character = 18 } }
vim.lsp.buf_request(net, "textDocument/hover", position, function(_, result) hovered = result end)
check("a field has a type", function()
  return hovered ~= nil and hovered.contents.value:find("PodSpec.hostNetwork: bool?", 1, true) ~= nil
end)

for _, client in ipairs((vim.lsp.get_clients or vim.lsp.get_active_clients)()) do
  client.stop()
end
check("the server ends", function() return #(vim.lsp.get_clients or vim.lsp.get_active_clients)() == 0 end)
vim.fn.delete(folder, "rf")
if not failed then
  print("Neovim: all good\n")
end
vim.api.nvim_command(failed and "cquit 1" or "qall!")
