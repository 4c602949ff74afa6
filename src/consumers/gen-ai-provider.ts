/** The values of `gen_ai.provider.name` in OpenTelemetry's conventions, by the ends of hosts. */
const PROVIDERS = [
  ['.openai.azure.com', 'azure.ai.openai'],
  ['.services.ai.azure.com', 'azure.ai.inference'],
  ['.anthropic.com', 'anthropic'],
  ['.amazonaws.com', 'aws.bedrock'],
  ['.cohere.com', 'cohere'],
  ['.cohere.ai', 'cohere'],
  ['.deepseek.com', 'deepseek'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['.groq.com', 'groq'],
  ['.mistral.ai', 'mistral_ai'],
  ['.moonshot.ai', 'moonshot_ai'],
  ['.perplexity.ai', 'perplexity'],
  ['.x.ai', 'x_ai'],
] as const;

/** Other servers speak OpenAI's protocol, too, so they have the name of its flavour. @param host perhaps with a port */
export function genAiProvider(host: string): string {
  const [name = ''] = host.split(':');
  return PROVIDERS.find(([end]) => name.endsWith(end))?.[1] ?? 'openai';
}
