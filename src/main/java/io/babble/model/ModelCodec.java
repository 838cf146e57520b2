package io.babble.model;

import io.babble.text.Alphabet;
import io.babble.text.CodePoints;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * The binary format of a model, for checkpoints, the broadcast and saved files. Numbers are little-endian.
 *
 * <pre>
 * magic       6 bytes  BABBLE
 * codec       u16      4
 * shape       i32 × 4  V, E, H, L
 * alphabet    u16 + UTF-8 name
 *             i32 + i32 × n {@link Alphabet#characters()}; from codec version 4 on
 * optimizer   u8       {@link Training.Optimizer#code()}
 * counters    i64 × 2  version, symbols
 * loss        f64      {@link Loss}: average
 *             i64 × 2  drifts, drifted at; from codec version 3 on, as what follows
 *             f64 × 2  level, excess
 *             i64, f64 returns, worse
 * random      i64
 * moments     u8       M, 0 or what the optimizer keeps
 * tensors     those of {@link Shape#tensors()} in that order; then again for each moment, named
 *             {@code embedding.moment1} and so on:
 *             u16 + UTF-8 name, i32 rows, i32 columns, f32 × rows × columns
 * checksum    u32      CRC-32C of all bytes before it
 * </pre>
 *
 * A reader consumes exactly the bytes of one model, so that others may follow in the same stream. Memory is allocated
 * as bytes arrive, never because of a size that they claim.
 */
public final class ModelCodec {
    private static final byte[] MAGIC = {'B', 'A', 'B', 'B', 'L', 'E'};
    /** Version 1 had another cell, before the first release; version 2 has of the loss only the average. */
    private static final int VERSION_2 = 2;

    /** Older versions have only alphabets that do not grow. */
    private static final int VERSION_4 = 4;

    private ModelCodec() {}

    /** Writes a model in the newest version of the codec and flushes; leaves the stream open. */
    public static void write(Model model, OutputStream out) throws IOException {
        encode(model, out);
    }

    /**
     * Reads one model and leaves the stream after its last byte.
     *
     * @throws ModelFormatException if the bytes are not a model, or one of an unknown codec version, damaged or
     *     truncated
     */
    public static Model read(InputStream in) throws IOException {
        CheckedInput input = new CheckedInput(in);
        if (!Arrays.equals(input.bytes(MAGIC.length, "the magic"), MAGIC)) {
            throw new ModelFormatException("Not a model: expected to begin with BABBLE, found other bytes");
        }
        int version = input.unsignedShort("the codec version");
        if (version < VERSION_2 || version > VERSION_4) {
            throw new ModelFormatException("Unknown codec version: expected " + VERSION_2 + " to " + VERSION_4
                    + ", found " + version + " (another Babble wrote it, or it is damaged)");
        }
        return readModel(input, version);
    }

    /**
     * Reads the only model of a stream.
     *
     * @throws ModelFormatException as {@link #read}, and if bytes follow the model
     */
    public static Model readWhole(InputStream in) throws IOException {
        Model model = read(in);
        int more = in.readAllBytes().length;
        if (more > 0) {
            throw new ModelFormatException("Expected the end after the model, found " + more + " more bytes");
        }
        return model;
    }

    /** The checksum that ends the model's bytes, from 0 to 2³² − 1: equal models have equal ones. */
    public static long crc(Model model) {
        try {
            return encode(model, OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long encode(Model model, OutputStream out) throws IOException {
        Shape shape = model.shape();
        CheckedOutput output = new CheckedOutput(out);
        output.bytes(MAGIC);
        output.unsignedShort(VERSION_4);
        output.integer(shape.symbols());
        output.integer(shape.embedding());
        output.integer(shape.hidden());
        output.integer(shape.layers());
        writeAlphabet(model.alphabet(), output);
        output.unsignedByte(model.optimizer().code());
        output.longInteger(model.version());
        output.longInteger(model.symbols());
        writeLoss(model.loss(), output);
        output.longInteger(model.random());
        output.unsignedByte(model.moments().length);
        writeTensors(shape.tensors(), "", model.weights(), output);
        for (int moment = 0; moment < model.moments().length; moment++) {
            writeTensors(shape.tensors(), momentSuffix(moment), model.moments()[moment], output);
        }
        return output.finish();
    }

    private static void writeAlphabet(Alphabet alphabet, CheckedOutput output) throws IOException {
        output.string(alphabet.name());
        output.integer(alphabet.characters().length);
        for (int character : alphabet.characters()) {
            output.integer(character);
        }
    }

    private static void writeLoss(Loss loss, CheckedOutput output) throws IOException {
        output.longInteger(Double.doubleToRawLongBits(loss.average()));
        output.longInteger(loss.drifts());
        output.longInteger(loss.driftedAt());
        output.longInteger(Double.doubleToRawLongBits(loss.level()));
        output.longInteger(Double.doubleToRawLongBits(loss.excess()));
        output.longInteger(loss.rollbacks());
        output.longInteger(Double.doubleToRawLongBits(loss.aboveUniform()));
    }

    private static void writeTensors(List<Shape.Tensor> tensors, String suffix, float[] values, CheckedOutput output)
            throws IOException {
        for (Shape.Tensor tensor : tensors) {
            output.string(tensor.name() + suffix);
            output.integer(tensor.rows());
            output.integer(tensor.columns());
            output.floats(values, tensor.offset(), tensor.length());
        }
    }

    private static Model readModel(CheckedInput input, int codec) throws IOException {
        Shape shape = readShape(input);
        Alphabet alphabet = readAlphabet(input, codec, shape.symbols());
        Training.Optimizer optimizer = optimizer(input.unsignedByte("the optimizer"));
        long version = input.longInteger("the version");
        long symbols = input.longInteger("the symbols learned");
        Loss loss = readLoss(input, codec);
        long random = input.longInteger("the random state");
        int moments = input.unsignedByte("the number of moments");
        if (moments != 0 && moments != optimizer.moments()) {
            throw new ModelFormatException(
                    "Expected no moments or the " + optimizer.moments() + " of " + optimizer + ", found " + moments);
        }
        float[] weights = readTensors(shape, "", input);
        float[][] momentValues = new float[moments][];
        for (int moment = 0; moment < moments; moment++) {
            momentValues[moment] = readTensors(shape, momentSuffix(moment), input);
        }
        input.finish();
        return new Model(shape, alphabet, version, symbols, loss, random, optimizer, weights, momentValues);
    }

    private static Alphabet readAlphabet(CheckedInput input, int codec, int symbols) throws IOException {
        String name = input.string("the alphabet's name");
        int count = codec < VERSION_4 ? 0 : input.integer("the alphabet");
        if (count < 0 || count > CodePoints.MOST_SYMBOLS) {
            throw new ModelFormatException("Expected 0 to " + CodePoints.MOST_SYMBOLS + " characters, found " + count);
        }
        int[] characters = new int[count];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = input.integer("a character");
        }
        try {
            return Alphabet.of(name, symbols, characters);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(e.getMessage());
        }
    }

    private static Loss readLoss(CheckedInput input, int codec) throws IOException {
        double average = Double.longBitsToDouble(input.longInteger("the average"));
        if (codec == VERSION_2) {
            return Loss.of(average);
        }
        return new Loss(
                average,
                input.longInteger("the drifts"),
                input.longInteger("the last drift"),
                Double.longBitsToDouble(input.longInteger("the level")),
                Double.longBitsToDouble(input.longInteger("the excess")),
                input.longInteger("the returns"),
                Double.longBitsToDouble(input.longInteger("the worse")));
    }

    private static Shape readShape(CheckedInput input) throws IOException {
        int symbols = input.integer("V");
        int embedding = input.integer("E");
        int hidden = input.integer("H");
        int layers = input.integer("L");
        try {
            return new Shape(symbols, embedding, hidden, layers);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(e.getMessage());
        }
    }

    private static Training.Optimizer optimizer(int code) throws ModelFormatException {
        for (Training.Optimizer optimizer : Training.Optimizer.values()) {
            if (optimizer.code() == code) {
                return optimizer;
            }
        }
        throw new ModelFormatException("Expected the code of an optimizer, found " + code);
    }

    private static float[] readTensors(Shape shape, String suffix, CheckedInput input) throws IOException {
        FloatCollector values = new FloatCollector(shape.parameters());
        for (Shape.Tensor tensor : shape.tensors()) {
            String expected = tensor.name() + suffix + " (" + tensor.rows() + ", " + tensor.columns() + ")";
            String found = input.string("a tensor's name") + " (" + input.integer("a tensor's rows") + ", "
                    + input.integer("a tensor's columns") + ")";
            if (!found.equals(expected)) {
                throw new ModelFormatException("Expected the tensor " + expected + ", found " + found);
            }
            input.floats(tensor.length(), expected, values);
        }
        return values.toArray();
    }

    private static String momentSuffix(int moment) {
        return ".moment" + (moment + 1);
    }
}
