package dev.mugv.steps.evaluation;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** How readers of results come by an artifact's folder. */
public final class ArtifactFolders {
    private final ArtifactStore store;
    private final Function<ArtifactRef, Path> opened;

    private ArtifactFolders(ArtifactStore store, Function<ArtifactRef, Path> opened) {
        this.store = store;
        this.opened = opened;
    }

    /** After every file was compared with its hash: for what is kept and sent away. */
    public static ArtifactFolders verified(ArtifactStore store) {
        return new ArtifactFolders(store, store::open);
    }

    /** As they are: for a page that is asked for again and again. */
    public static ArtifactFolders asTheyAre(ArtifactStore store) {
        return new ArtifactFolders(store, ref -> store.folder(ref.task(), new ArtifactKey(ref.key())));
    }

    /** The folder of an artifact. */
    public Path of(ArtifactRef ref) {
        return opened.apply(ref);
    }

    /** The same, if the artifact is still there. */
    public Optional<Path> find(ArtifactRef ref) {
        return store.find(ref.task(), new ArtifactKey(ref.key())).map(opened);
    }
}
