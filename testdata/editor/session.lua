-- What an editor does with sem lsp, by Neovim's own client. Each line of the output is a name and a value in JSON.
local function say(name, value) io.stdout:write(name .. ' ' .. vim.json.encode(value) .. '\n') end
local function codes(buffer)
  local out = {}
  for _, d in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(out, (d.code or d.user_data.lsp.code) .. ' ' .. d.lnum .. ':' .. d.col)
  end
  table.sort(out)
  return out
end
local function until_codes(name, buffer, want)
  vim.wait(30000, function() return vim.deep_equal(codes(buffer), want) end, 10)
  say(name, #codes(buffer) == 0 and 'none' or codes(buffer))
end

vim.cmd('edit routes.yaml')
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({ name = 'sem', cmd = { 'sem', 'lsp' }, root_dir = vim.fn.getcwd() })
vim.lsp.buf_attach_client(buffer, client)
until_codes('opened', buffer, { 'SEM105 7:55' })

local function ask(method, line, column, more)
  local params = vim.tbl_extend('force', { textDocument = { uri = vim.uri_from_bufnr(buffer) }, position = { line = line, character = column } }, more or {})
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 30000)
  return answers and answers[client] and answers[client].result
end
say('hover', ask('textDocument/hover', 7, 36).contents.value:match('^[^\n]*'))
for _, l in ipairs(ask('textDocument/definition', 7, 36)) do
  say('definition', { vim.fn.fnamemodify(vim.uri_to_fname(l.uri), ':t'), l.range.start.line })
end
say('references', #ask('textDocument/references', 7, 36, { context = { includeDeclaration = true } }))

-- The emoji before the subset has two units of UTF-16, and four bytes.
vim.api.nvim_buf_set_lines(buffer, 7, 8, true, { '  - {name: "😀", route: [{destination: {host: reviews, subset: v1}}]}' })
until_codes('typed', buffer, {})
vim.api.nvim_buf_set_lines(buffer, 7, 8, true, { '  - {name: "😀", route: [{destination: {host: reviews, subset: v9}}]}' })
until_codes('typed again', buffer, { 'SEM105 7:65' })

local range = { start = { line = 7, character = 63 }, ['end'] = { line = 7, character = 63 } }
for _, action in ipairs(ask('textDocument/codeAction', 7, 63, { range = range, context = { diagnostics = vim.empty_dict() } })) do
  say('action', action.title)
  if action.title:match('^Suppress') then vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16') end
end
until_codes('suppressed', buffer, {})
say('line', vim.api.nvim_buf_get_lines(buffer, 7, 8, true)[1])
vim.lsp.stop_client(client)
say('ended', vim.wait(10000, function() return vim.lsp.client_is_stopped(client) end, 10))
