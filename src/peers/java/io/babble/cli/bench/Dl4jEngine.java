package io.babble.cli.bench;

import io.babble.text.Bytes;
import io.babble.text.Window;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.nativeblas.NativeOpsHolder;

/** DL4J's LSTM layers, as its own character example has them. */
final class Dl4jEngine implements Engine {
    private final int threads;
    private final MultiLayerNetwork network;
    private final EngineBench.Lanes windows;

    Dl4jEngine(Work work, EngineBench.Lanes windows, int threads) {
        this.threads = threads;
        this.windows = windows;
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .updater(new Adam())
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(1)
                .list();
        for (int layer = 0; layer < work.layers(); layer++) {
            layers.layer(new LSTM.Builder()
                    .nIn(layer == 0 ? Bytes.SYMBOLS : work.hidden())
                    .nOut(work.hidden())
                    .activation(Activation.TANH)
                    .build());
        }
        layers.layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nIn(work.hidden())
                .nOut(Bytes.SYMBOLS)
                .activation(Activation.SOFTMAX)
                .build());
        network = new MultiLayerNetwork(layers.backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(work.steps())
                .build());
        network.init();
    }

    @Override
    public void enter() {
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
        openblas_nolapack.blas_set_num_threads(threads);
    }

    @Override
    public void step() {
        Window window = windows.next();
        network.fit(oneHot(window, window.inputs()), oneHot(window, window.targets()));
    }

    /** {@code (N, V, T)} */
    private static INDArray oneHot(Window window, int[] symbols) {
        float[] values = new float[symbols.length * Bytes.SYMBOLS];
        for (int i = 0; i < symbols.length; i++) {
            int lane = i % window.lanes();
            int step = i / window.lanes();
            values[(lane * Bytes.SYMBOLS + symbols[i]) * window.steps() + step] = 1;
        }
        return Nd4j.create(values, new long[] {window.lanes(), Bytes.SYMBOLS, window.steps()}, 'c');
    }
}
