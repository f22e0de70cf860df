/**
 * The one class that must live in DJL's own package, because the native entry points it needs are package-private there.
 *
 * <p>Knows only native handles. Its one caller is {@code dev.mugv.model.tensor.ScriptCall}.
 */
@NullMarked
package ai.djl.pytorch.jni;

import org.jspecify.annotations.NullMarked;
