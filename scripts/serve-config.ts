// The configuration of the plain runtime: the same Worker and the same bindings as wrangler.toml names, on a disk of one's
// own. https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp

/** What wrangler.toml says, as far as the runtime has it. */
export interface WorkerConfig {
  readonly compatibilityDate: string
  readonly compatibilityFlags: readonly string[]
  /** Binding and class of each kind of Durable Object. */
  readonly objects: readonly { readonly name: string; readonly className: string }[]
  /** Bindings of KV namespaces. */
  readonly namespaces: readonly string[]
}

export interface ServeOptions extends WorkerConfig {
  /** `127.0.0.1:8787`, or `*:8787` for all addresses. */
  readonly address: string
  /** The folder of the data, absolute. */
  readonly data: string
  /** The folder of the page's files, absolute. */
  readonly page: string
  /** Variables and secrets by name: their values come from the environment, so that none stands in a file. */
  readonly variables: readonly string[]
  /** Whether providers may be in the network around the machine. */
  readonly reachesLocal: boolean
}

/** The text of `config.capnp`. `index.js`, `kv.js` and `page.js` are expected beside it. */
export function serveConfig(options: ServeOptions): string {
  const { address, data, namespaces, objects, page, variables, reachesLocal } = options
  const outside = reachesLocal ? ['public', 'private', 'local'] : ['public']
  const bindings = [
    ...namespaces.map((name) => `(name = ${text(name)}, kvNamespace = "kv")`),
    ...objects.map(({ name, className }) => `(name = ${text(name)}, durableObjectNamespace = ${text(className)})`),
    ...variables.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
    '(name = "MEDIA", service = "media")',
    '(name = "PAGE", service = "page")',
  ]
  const classes = objects.map(({ className }) => stored(className))
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "kv", worker = .kv),
    (name = "page", worker = .page),
    (name = "files", disk = (path = ${text(page)})),
    (name = "disk", disk = (path = ${text(data)}, writable = true)),
    (name = "internet", network = (allow = ${list(outside.map(text))}, tlsOptions = (trustBrowserCas = true))),
    (name = "media", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = ${text(address)}, http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  ${compatibility(options)}
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(classes)},
  durableObjectStorage = (localDisk = "disk"),
);

const kv :Workerd.Worker = (
  modules = [(name = "kv.js", esModule = embed "kv.js")],
  ${compatibility({ ...options, compatibilityFlags: [] })}
  bindings = [(name = "STORE", durableObjectNamespace = "KvStore")],
  durableObjectNamespaces = [${stored('KvStore')}],
  durableObjectStorage = (localDisk = "disk"),
);

const page :Workerd.Worker = (
  modules = [(name = "page.js", esModule = embed "page.js")],
  ${compatibility({ ...options, compatibilityFlags: [] })}
  bindings = [(name = "FILES", service = "files")],
);
`
}

function compatibility({ compatibilityDate, compatibilityFlags }: WorkerConfig): string {
  return `compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = ${list(compatibilityFlags.map(text))},`
}

/** A class' objects are kept in a folder of its name. */
function stored(className: string): string {
  return `(className = ${text(className)}, uniqueKey = ${text(`dragoman-${className}`)}, enableSql = true)`
}

function list(items: readonly string[]): string {
  return items.length > 1 ? `[\n    ${items.join(',\n    ')},\n  ]` : `[${items.join('')}]`
}

/** A text as Cap'n Proto writes it: like C. */
function text(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`
}
