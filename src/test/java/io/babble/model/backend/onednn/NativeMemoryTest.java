package io.babble.model.backend.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.model.NativeMemoryException;
import io.babble.model.Precision;
import io.babble.model.Shape;
import io.babble.model.Trial;
import io.babble.model.Work;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeMemoryTest {
    private static final long KERNELS = 64 << 20;

    @ParameterizedTest
    @CsvSource({"16, 1, 4, 16", "128, 2, 4, 16", "100, 3, 7, 9", "256, 1, 16, 20"})
    void aBackendHasAllItsMemoryWhenItIsMade(int hidden, int layers, int lanes, int steps) {
        Shape shape = new Shape(257, 24, hidden, layers);
        Trial trial = new Trial(shape, 1);
        try (OneDnnBackend backend = new OneDnnBackend(
                shape, Trial.ADAM, new Work(lanes, steps, true, Precision.FLOAT32, Long.MAX_VALUE), 1)) {
            long bytes = backend.bytes();
            for (int n = lanes; n > 0; n--) {
                for (int t = steps; t > 0; t /= 2) {
                    backend.train(trial.window(n, t), trial.states(n), 1e-3, 1, 1);
                }
            }

            assertThat(backend.bytes()).isEqualTo(bytes);
        }
    }

    @Test
    void whatABackendTakesIsWhatItSays() {
        Shape shape = new Shape(257, 64, 512, 2);
        Trial trial = new Trial(shape, 1);
        new OneDnnBackend(shape, Trial.ADAM, Trial.WORK, 1).close(); // loads the libraries
        long before = Pointer.physicalBytes();
        try (OneDnnBackend backend =
                new OneDnnBackend(shape, Trial.ADAM, new Work(32, 16, true, Precision.FLOAT32, Long.MAX_VALUE), 1)) {
            for (int lanes = 1; lanes <= 32; lanes++) {
                backend.train(trial.window(lanes, 2), trial.states(lanes), 1e-3, 1, 1);
            }

            assertThat(Pointer.physicalBytes() - before).isLessThan(backend.bytes() + KERNELS);
        }
    }

    @Test
    void backendsOfAProcessShareWhatThereMayBe() {
        Shape shape = new Shape(257, 24, 64, 1);
        long before = NativeMemory.taken();
        OneDnnBackend first = new OneDnnBackend(shape, Trial.ADAM, Trial.WORK, 1);
        Work second = new Work(1, 1, true, Precision.FLOAT32, before + first.bytes() * 3 / 2);

        assertThatThrownBy(() -> new OneDnnBackend(shape, Trial.ADAM, second, 1))
                .isInstanceOf(NativeMemoryException.class)
                .hasMessageContaining("needed")
                .hasMessageContaining("others")
                .hasMessageContaining("allowed");
        first.close();
        assertThat(NativeMemory.taken()).isEqualTo(before);
        new OneDnnBackend(shape, Trial.ADAM, second, 1).close();
        assertThat(NativeMemory.taken()).isEqualTo(before);
    }

    @Test
    void aWindowThatDoesNotFitIsRefusedAndGivesEverythingBack() {
        Shape shape = new Shape(257, 24, 64, 1);
        long before = NativeMemory.taken();

        assertThatThrownBy(() -> new OneDnnBackend(
                        shape, Trial.ADAM, new Work(4096, 4096, true, Precision.FLOAT32, before + (64 << 20)), 1))
                .isInstanceOf(NativeMemoryException.class);
        assertThat(NativeMemory.taken()).isEqualTo(before);
    }

    @Test
    void whatOnlyDecodesKeepsNoGradient() {
        Shape shape = new Shape(257, 24, 128, 2);
        Trial trial = new Trial(shape, 1);
        try (OneDnnBackend learner = new OneDnnBackend(shape, Trial.ADAM, Trial.WORK, 1);
                OneDnnBackend writer = new OneDnnBackend(
                        shape, Trial.ADAM, new Work(1, 1, false, Precision.FLOAT32, Long.MAX_VALUE), 1)) {
            assertThat(learner.bytes() - writer.bytes()).isGreaterThan((long) Float.BYTES * shape.parameters());
            assertThatThrownBy(() -> writer.train(trial.window(1, 1), trial.states(1), 1e-3, 1, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("decoding");
        }
    }
}
