/**
 * A workspace of the cluster's, for a controller that shares no storage with nodes: what they need is sent there, what they leave is
 * brought back, over SFTP.
 *
 * <p>Must not know what a file means: claims, records and verdicts are judged from the controller's own files, which this keeps up to
 * date. Start at {@link dev.mugv.slurm.sftp.SftpNodeStorage}.
 */
@NullMarked
package dev.mugv.slurm.sftp;

import org.jspecify.annotations.NullMarked;
