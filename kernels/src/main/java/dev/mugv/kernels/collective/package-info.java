/**
 * Collective operations between the ranks of one training: the port, the fixed order of its sums, and its implementations.
 *
 * <p>Knows ranks, buffers and deadlines; neither models nor how ranks are started. Start at {@link
 * dev.mugv.kernels.collective.Communicator}, then {@link dev.mugv.kernels.collective.ThreadCommunicator}.
 */
@NullMarked
package dev.mugv.kernels.collective;

import org.jspecify.annotations.NullMarked;
