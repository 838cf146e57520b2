package io.babble.model.backend.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.model.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CopiedWeightsTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 50;
    private static final int K = 8;
    private static final int N = 16;

    /** Each thread prefers another layout; a second layout of the same copy would be read as wrong weights. */
    @Test
    void theFirstThatAsksDeterminesTheLayoutForAllThreads() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        Phaser together = new Phaser(THREADS);
        for (int round = 0; round < ROUNDS; round++) {
            try (NativeMemory share = new NativeMemory(Long.MAX_VALUE);
                    NativeVector vector = new NativeVector((long) K * N);
                    CopiedWeights weights = new CopiedWeights(Precision.FLOAT32, 1, share)) {
                Factor factor = new Factor(new Matrix(vector.at(0), N), K, N, false);
                AtomicInteger layouts = new AtomicInteger();
                List<Future<CopiedWeights.Copied>> asked = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    int stride = N * (1 + thread);
                    asked.add(pool.submit(() -> {
                        together.arriveAndAwaitAdvance();
                        return weights.copy(factor, () -> {
                            layouts.incrementAndGet();
                            return OneDnn.float32(K, N, stride);
                        });
                    }));
                }
                CopiedWeights.Copied first = asked.get(0).get();
                for (Future<CopiedWeights.Copied> each : asked) {
                    assertThat(each.get().start().address())
                            .isEqualTo(first.start().address());
                    assertThat(each.get().layout().get_size())
                            .isEqualTo(first.layout().get_size());
                }
                assertThat(layouts).hasValue(1);
            }
        }
        pool.shutdownNow();
    }

    @Test
    void aCopyHasTheWeightsOfTheLastRefresh() {
        try (NativeMemory share = new NativeMemory(Long.MAX_VALUE);
                NativeVector vector = new NativeVector((long) K * N);
                Threads threads = new Threads(2);
                CopiedWeights weights = new CopiedWeights(Precision.FLOAT32, 1, share)) {
            Factor transposed = new Factor(new Matrix(vector.at(0), N), K, N, false).transpose();
            CopiedWeights.Copied copied = weights.copy(transposed, () -> OneDnn.float32(N, K, K));
            vector.floats(0, K * N).put(3 * N + 5, 42);
            assertThat(copied.start().get(5 * K + 3)).isZero();

            weights.refresh(threads);

            assertThat(copied.start().get(5 * K + 3)).isEqualTo(42);
        }
    }
}
