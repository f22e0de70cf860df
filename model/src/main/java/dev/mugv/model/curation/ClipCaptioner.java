package dev.mugv.model.curation;

import dev.mugv.model.format.CaptionClipsOrder.NamedClip;
import dev.mugv.model.format.ClipCaptions.Caption;
import dev.mugv.model.format.ClipCaptions.Origin;
import dev.mugv.model.format.CuratedClip;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Captions clips from the best source there is: words of people (by clip id, then by video), then a captioning service,
 * then what was measured. Every caption says which.
 */
public final class ClipCaptioner {
    private final Map<String, String> written;
    private final Optional<CaptionEndpoint> endpoint;
    private final ClipDescriber describer = new ClipDescriber();

    /** @param written captions by people, by clip id or file name of a video */
    public ClipCaptioner(Map<String, String> written, Optional<CaptionEndpoint> endpoint) {
        this.written = Map.copyOf(written);
        this.endpoint = endpoint;
    }

    /**
     * Captions a clip.
     *
     * @param named the clip, its video where this process finds it
     * @param measured what was measured of it
     */
    public Caption caption(NamedClip named, CuratedClip measured) {
        String id = named.clip().clipId();
        String byPerson = written.getOrDefault(id, written.getOrDefault(named.videoName(), ""));
        Set<String> tags = new LinkedHashSet<>(describer.tags(measured));
        if (!byPerson.isBlank()) {
            tags.addAll(SceneWords.tags(byPerson));
            return new Caption(id, byPerson.strip(), Origin.CSV, List.copyOf(tags));
        }
        if (endpoint.isPresent()) {
            String text = endpoint.get().caption(named.clip());
            tags.addAll(SceneWords.tags(text));
            return new Caption(id, text, Origin.ENDPOINT, List.copyOf(tags));
        }
        return new Caption(id, describer.describe(measured), Origin.DESCRIBER, List.copyOf(tags));
    }
}
