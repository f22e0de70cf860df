package dev.mugv.model.config;

/**
 * A cluster whose storage this machine does not see: what work needs is sent to a workspace there, what it leaves is fetched.
 *
 * @param workspace of the cluster, absolute, on storage that all its nodes share
 * @param java Java of the nodes, which workers are started by
 */
public record ClusterStorage(
        String workspace, @Default("java") String java) {
    public ClusterStorage {
        new Faults()
                .require(
                        isPath(workspace),
                        "workspace",
                        "expected an absolute path on the cluster, found '" + workspace + "'")
                .require(
                        java.equals("java") || isPath(java),
                        "java",
                        "expected 'java' or an absolute path on the cluster, found '" + java + "'")
                .throwIfAny();
    }

    private static boolean isPath(String text) {
        return text.startsWith("/") && text.codePoints().noneMatch(Character::isISOControl);
    }
}
