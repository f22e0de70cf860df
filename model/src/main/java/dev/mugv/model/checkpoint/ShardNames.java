package dev.mugv.model.checkpoint;

/** Names of a checkpoint's files of tensors: {@code model.safetensors} of one rank, {@code model-00001-of-00004.safetensors} of several. */
final class ShardNames {
    private static final String SUFFIX = ".safetensors";

    private ShardNames() {}

    static String of(String group, int rank, int ranks) {
        return ranks == 1 ? group + SUFFIX : "%s-%05d-of-%05d%s".formatted(group, rank + 1, ranks, SUFFIX);
    }

    static boolean belongs(String file, String group) {
        return file.matches(group + "(-\\d{5}-of-\\d{5})?\\.safetensors");
    }
}
