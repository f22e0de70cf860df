package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.media.YuvFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private final List<YuvFrame> frames = Footage.of("bunny-two-cuts.mp4", 0, 2);

    @Test
    void comesBackFromItsDigits() {
        Fingerprint print = Fingerprint.of(frames.get(0));
        assertThat(print.hex()).hasSize(72).matches("[0-9a-f]+");
        assertThat(Fingerprint.ofHex(print.hex())).isEqualTo(print);
        assertThat(Fingerprint.ofHex(print.hex()).distance(print)).isZero();
    }

    @Test
    void isBlindToBrightnessAndTurnsFewBitsInTheNextFrame() {
        Fingerprint print = Fingerprint.of(frames.get(0));
        YuvFrame dimmed = Footage.mixed(frames.get(0), Footage.flat(Footage.BLACK), 0.4);
        // Rounding of dimmed luma turns bits only where neighbours are equal: 5 % of them.
        assertThat(print.distance(Fingerprint.of(dimmed))).isLessThanOrEqualTo(Fingerprint.BITS / 20);
        assertThat(print.distance(Fingerprint.of(frames.get(1)))).isLessThanOrEqualTo(Fingerprint.BITS / 20);
    }

    @Test
    void differsInAboutHalfOfTheBitsFromTheMirroredPicture() {
        Fingerprint print = Fingerprint.of(frames.get(0));
        assertThat(print.distance(Fingerprint.of(Footage.mirrored(frames.get(0)))))
                .isGreaterThan(Fingerprint.BITS / 4);
    }

    @Test
    void theMirroredPictureIsKnownFromTheBitsButForALastColumn() {
        Fingerprint turned = Fingerprint.of(Footage.mirrored(frames.get(0)));
        // 9 bits of the last column are guessed; equal neighbours turn a few more.
        assertThat(Fingerprint.of(frames.get(0)).mirrored().distance(turned))
                .isLessThanOrEqualTo(9 + Fingerprint.BITS / 50);
    }
}
