"""Makes the .onnx files beside it: small U-Nets as PyTorch and Keras export them, and networks that are none.

Each network that can be imported comes with NAME.logits, ONNX Runtime's scores of the test picture before softmax or
sigmoid: float32, [height, width, classes]. Made with torch 2.15, keras 3 and tf2onnx 1.16 by `python make_models.py`.
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf2onnx
import torch
from keras import layers as kl
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
HEIGHT, WIDTH = 16, 24


def picture():
    """The test picture, uint8 [H, W, 3]; the tests compute the same."""
    y, x, c = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), np.arange(3), indexing="ij")
    return ((31 * y + 17 * x + 53 * c + 7 * x * y) % 256).astype(np.uint8)


# PyTorch


class Block(nn.Sequential):
    def __init__(self, inputs, outputs, norm=True, act=nn.ReLU, dilation=1, count=2):
        parts = []
        for i in range(count):
            parts.append(nn.Conv2d(inputs if i == 0 else outputs, outputs, 3, padding=dilation, dilation=dilation,
                                   bias=not norm))
            parts += [nn.BatchNorm2d(outputs)] * norm + [act()]
        super().__init__(*parts)


class TorchUNet(nn.Module):
    def __init__(self, up, widths=(8, 16), classes=3, stem=False, skip_first=True, shift=None, scale=None, end=None,
                 residual=False, **block):
        super().__init__()
        self.shift, self.scale, self.end, self.skip_first, self.residual = shift, scale, end, skip_first, residual
        self.stem = nn.Sequential(nn.Conv2d(3, widths[0], 3, 2, 1), nn.BatchNorm2d(widths[0]), nn.ReLU()) if stem else None
        sizes = [widths[0] if stem else 3, *widths]
        self.down = nn.ModuleList(Block(a, b, **block) for a, b in zip(sizes, sizes[1:]))
        self.ups = nn.ModuleList(up(b, a) for a, b in zip(widths, widths[1:]))
        self.expanding = nn.ModuleList(Block(2 * a, a, **block) for a in widths[:-1])
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x):
        if self.scale is not None: x = x / self.scale
        if self.shift is not None: x = (x - self.shift) / 0.25
        if self.stem is not None: x = self.stem(x)
        skips = []
        for block in self.down[:-1]:
            skips.append(block(x))
            x = nn.functional.max_pool2d(skips[-1], 2)
        x = self.down[-1](x)
        for up, block, skip in reversed(list(zip(self.ups, self.expanding, skips))):
            x = up(x)
            if self.residual: x = x + skip
            x = block(torch.cat([skip, x] if self.skip_first else [x, skip], 1))
        x = self.head(x)
        return self.end(x) if self.end else x


def nearest(inputs, outputs):
    return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs),
                         nn.ReLU())


def bilinear(inputs, outputs):
    return nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(inputs, outputs, 1))


def transpose2(inputs, outputs): return nn.ConvTranspose2d(inputs, outputs, 2, 2)
def transpose3(inputs, outputs): return nn.ConvTranspose2d(inputs, outputs, 3, 2, padding=1, output_padding=1)
def transpose4(inputs, outputs): return nn.ConvTranspose2d(inputs, outputs, 4, 2, padding=1)


def save_torch(name, model, opset=17, keeps_norms=False, dynamic=True):
    torch.manual_seed(len(name))
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for part, low, high in ((module.weight, 0.5, 1.5), (module.bias, -0.3, 0.5), (module.running_mean, -0.3, 0.3),
                                    (module.running_var, 0.2, 1.5)):
                nn.init.uniform_(part, low, high)
        elif isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0, (2 / (module.weight[0].numel())) ** 0.5)
            if module.bias is not None: nn.init.uniform_(module.bias, -0.3, 0.5)
    path = os.path.join(HERE, name + ".onnx")
    torch.onnx.export(
        model.eval(), torch.zeros(1, 3, HEIGHT, WIDTH), path, dynamo=False, opset_version=opset, input_names=["image"],
        dynamic_axes={"image": {2: "height", 3: "width"}} if dynamic else None, do_constant_folding=not keeps_norms,
        training=torch.onnx.TrainingMode.PRESERVE if keeps_norms else torch.onnx.TrainingMode.EVAL)
    return path


# Keras


def conv(x, channels, window=3, order="relu", **options):
    x = kl.Conv2D(channels, window, padding="same", bias_initializer="random_uniform",
                  activation="relu" if order != "norm" else None, **options)(x)
    if order != "relu":
        x = kl.BatchNormalization(beta_initializer="random_uniform", moving_mean_initializer="random_normal")(x)
    return kl.ReLU()(x) if order == "norm" else x


def keras_unet(up, widths=(8, 16), classes=3, end="softmax", order="relu", rescaling=False, size=(None, None)):
    keras.utils.set_random_seed(7)
    x = image = kl.Input((*size, 3), name="image")
    if rescaling: x = kl.Rescaling(1 / 255)(x)
    skips = []
    for width in widths[:-1]:
        skips.append(conv(kl.Dropout(0.1)(conv(x, width, order=order)), width, order=order))
        x = kl.MaxPooling2D()(skips[-1])
    x = conv(kl.Dropout(0.2)(conv(x, widths[-1], order=order)), widths[-1], order=order)
    for width, skip in reversed(list(zip(widths, skips))):
        x = kl.Concatenate()([up(x, width), skip])
        x = conv(conv(x, width, order=order), width, order=order)
    x = kl.Conv2D(classes, 1, activation=end, bias_initializer="random_uniform")(x)
    return keras.Model(image, x)


def keras_transpose(window):
    return lambda x, width: kl.Conv2DTranspose(width, window, strides=2, padding="same",
                                               bias_initializer="random_uniform")(x)


def keras_upsampling(window):
    return lambda x, width: conv(kl.UpSampling2D()(x), width, window)


def save_keras(name, model, opset=17):
    path = os.path.join(HERE, name + ".onnx")
    spec = (tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="image"),)
    tf2onnx.convert.from_function(tf.function(lambda x: model(x), input_signature=spec), input_signature=spec,
                                  opset=opset, output_path=path)
    return path


# ONNX Runtime's scores


def save_logits(path, white=1.0):
    model = onnx.load(path)
    output = model.graph.output[0].name
    makers = {name: node for node in model.graph.node for name in node.output}
    while makers[output].op_type in ("Transpose", "Reshape", "Squeeze", "Softmax", "Sigmoid", "Identity"):
        output = makers[output].input[0]
    del model.graph.output[:]
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(output))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    image = picture()[None].astype(np.float32) / 255 * white
    if session.get_inputs()[0].shape[3] != 3: image = image.transpose(0, 3, 1, 2)
    logits = session.run(None, {session.get_inputs()[0].name: image})[0]
    scores = logits[0].transpose(1, 2, 0).astype("<f4")
    if scores.shape[2] == 1: scores = np.concatenate([np.zeros_like(scores), scores], 2)
    scores.tofile(path.replace(".onnx", ".logits"))


def main():
    sigmoid = nn.Sigmoid()
    save_logits(save_torch("torch_transpose2", TorchUNet(transpose2), keeps_norms=True))
    save_logits(save_torch("torch_nearest", TorchUNet(nearest, stem=True, skip_first=False), opset=18, dynamic=False))
    save_logits(save_torch("torch_transpose3", TorchUNet(transpose3, norm=False, scale=255, classes=1, end=sigmoid)), 255)
    save_logits(save_torch("torch_transpose4", TorchUNet(transpose4, widths=(4, 6, 8), skip_first=False), opset=11))
    save_logits(save_keras("keras_transpose3", keras_unet(keras_transpose(3))))
    save_logits(save_keras("keras_transpose2", keras_unet(keras_transpose(2), (4, 6, 8), order="norm", size=(16, 24))))
    save_logits(save_keras("keras_upsampling2", keras_unet(keras_upsampling(2), classes=1, end="sigmoid")))
    save_logits(save_keras("keras_upsampling3", keras_unet(keras_upsampling(3), rescaling=True, size=(16, 24)), 15), 255)
    small = {"widths": (4, 8)}
    save_torch("not_dilated", TorchUNet(transpose2, dilation=2, **small))
    save_torch("not_residual", TorchUNet(transpose2, residual=True, **small))
    save_torch("not_bilinear", TorchUNet(bilinear, **small))
    save_torch("not_leaky", TorchUNet(transpose2, act=nn.LeakyReLU, **small))
    save_torch("not_shifted", TorchUNet(transpose2, shift=0.5, **small))
    save_torch("not_two", TorchUNet(transpose2, count=3, **small))
    save_keras("not_norm_last", keras_unet(keras_transpose(2), (4, 8), order="relu, norm"))


if __name__ == "__main__":
    main()
