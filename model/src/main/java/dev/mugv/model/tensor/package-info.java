/**
 * Tensors of the engine as the model uses them: starting it, running hand-written TorchScript, parameters whose memory is
 * ours, safetensors files, and shape checks.
 *
 * <p>Knows DJL's PyTorch engine; knows nothing of any particular model. Start at
 * {@link dev.mugv.model.tensor.TorchRuntime}, then {@link dev.mugv.model.tensor.ScriptModule} and
 * {@link dev.mugv.model.tensor.ParameterSet}.
 *
 * <p><b>Axes.</b> A tensor's name ends in its axes, one letter each, outermost first ({@code latent_BCFHW}):
 *
 * <table>
 * <caption>Legend</caption>
 * <tr><td>B</td><td>samples of a batch</td></tr>
 * <tr><td>F</td><td>latent frames (in a VAE's pixel tensors: frames)</td></tr>
 * <tr><td>C</td><td>channels</td></tr>
 * <tr><td>H, W</td><td>height and width of the latent (in pixel tensors: of the picture)</td></tr>
 * <tr><td>T</td><td>visual tokens, start and end token included</td></tr>
 * <tr><td>D</td><td>width of a token</td></tr>
 * <tr><td>N</td><td>heads</td></tr>
 * <tr><td>K</td><td>width of a head</td></tr>
 * <tr><td>S</td><td>text tokens</td></tr>
 * <tr><td>L</td><td>layers</td></tr>
 * </table>
 */
@NullMarked
package dev.mugv.model.tensor;

import org.jspecify.annotations.NullMarked;
