// Models whose makers say that the first numbers of a vector are a vector themselves, so that it may be cut.
// https://huggingface.co/blog/matryoshka

const CUTTABLE =
  /nomic-embed-text-v1\.5|nomic-embed-text(?::|$)|mxbai-embed-(?:large|xsmall)|[qQ]wen3-[eE]mbedding|embeddinggemma|text-embedding-3-|arctic-embed-(?:m-v1\.5|[ml]-v2)|jina-embeddings-v[3-9]/

/** Whether the vectors of a model may be cut. */
export function isMatryoshka(model: string): boolean {
  return CUTTABLE.test(model)
}
