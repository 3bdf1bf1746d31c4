// Draws a regular grid of cells as one picture: a byte a cell in a texture, one mesh, one shader. A delta writes bytes and asks for a
// frame; no shape is ever moved, whatever the number of cells. Gaps stay as sharp as the screen at any scale.

import { mercator } from "./cell-ground.js";

const PATCHES = 12; // the mesh follows the grid's slight bend in so many pieces a side
const NOTHING = 0; // no cell lies there; a class is told as itself + SHIFT
const SHIFT = 3; // uncovered (-2) is 1, unknown (-1) is 2
const UNCOVERED = -2;
const DIM = 16; // added to cells outside the area shown
const ABOVE = "roads-main"; // the layer of the style that lies on the cells

const VERTEX = `#version 300 es
uniform mat4 u_matrix;
in vec2 a_offset;
in vec2 a_at;
out vec2 v_at;
void main() { v_at = a_at; gl_Position = u_matrix * vec4(a_offset, 0.0, 1.0); }`;

// How much of a pixel the cell covers on each axis, gap left open; where cells are hardly wider than pixels, the share it has on average.
const FRAGMENT = `#version 300 es
precision highp float;
precision highp usampler2D;
uniform usampler2D u_cells;
uniform vec4 u_colours[9];
uniform float u_gap;
in vec2 v_at;
out vec4 colour;
void main() {
  uint told = texelFetch(u_cells, ivec2(floor(v_at)), 0).r;
  vec4 paint = u_colours[told & 15u];
  if (told == 0u) discard;
  vec2 pixel = fwidth(v_at);
  vec2 covered = clamp((0.5 - 0.5 * u_gap - abs(fract(v_at) - 0.5)) / pixel + 0.5, 0.0, 1.0);
  covered = mix(covered, vec2(1.0 - u_gap), smoothstep(0.25, 0.6, pixel));
  float alpha = paint.a * covered.x * covered.y * (told >= 16u ? 0.3 : 1.0);
  colour = vec4(paint.rgb * alpha, alpha);
}`;

const parsed = (rgba) => rgba.match(/[\d.]+/g).map((text, at) => (at < 3 ? Number(text) / 255 : Number(text)));

/** Cells of a regular grid. `colours`: of classes -2 … 5 in their order, as rgba(…) texts. */
export class LatticeCells {
  id = "cells-grid";
  type = "custom";
  renderingMode = "2d";
  #stale = true; // the bytes in the texture are not those we hold
  #gl = null;

  constructor(ground, colours, gap) {
    this.ground = ground;
    this.lattice = ground.lattice;
    this.gap = gap;
    this.colours = new Float32Array([0, 0, 0, 0, ...colours.flatMap(parsed)]);
    this.bytes = new Uint8Array(this.lattice.columns * this.lattice.rows);
    this.dimmed = new Uint8Array(ground.count); // DIM or 0
  }

  /** Puts the picture where cells belong, above the style's own layer for irregular ones, which stays empty. */
  add(map) {
    this.remove(map);
    this.map = map;
    map.addLayer(this, map.getLayer(ABOVE) && ABOVE);
  }

  remove(map) {
    if (map.getLayer(this.id)) map.removeLayer(this.id);
  }

  /** All cells anew; one that `classes` does not name is not covered. */
  show(classes) {
    this.bytes.fill(NOTHING);
    const { ids } = this.ground;
    const { places } = this.lattice;
    for (let number = 0; number < ids.length; number += 1) this.bytes[places[number]] = (classes?.get(ids[number]) ?? UNCOVERED) + SHIFT + this.dimmed[number];
    this.#repaint();
  }

  /** Some cells. */
  change(ids, classes) {
    const { places } = this.lattice;
    for (const id of ids) {
      const number = this.ground.number(id);
      if (number >= 0) this.bytes[places[number]] = (classes.get(id) ?? UNCOVERED) + SHIFT + this.dimmed[number];
    }
    this.#repaint();
  }

  /** Cells outside an area stand back. */
  dim(area) {
    const { ids, count } = this.ground;
    const { places } = this.lattice;
    for (let number = 0; number < count; number += 1) {
      this.dimmed[number] = this.ground.areaOf(ids[number]).startsWith(area) ? 0 : DIM;
      this.bytes[places[number]] = (this.bytes[places[number]] & ~DIM) | this.dimmed[number];
    }
    this.#repaint();
  }

  /** The cell at a point of the screen; null: none. */
  at(point) {
    const { lng, lat } = this.map.unproject(point);
    const number = this.lattice.numberAt(mercator([lng, lat]));
    return number < 0 ? null : { id: this.ground.ids[number], geometry: { type: "Polygon", coordinates: [this.lattice.ring(number)] } };
  }

  #repaint() {
    this.#stale = true;
    this.map?.triggerRepaint();
  }

  onAdd(map, gl) {
    this.#gl = gl;
    this.program = link(gl, VERTEX, FRAGMENT);
    this.where = Object.fromEntries(["u_matrix", "u_cells", "u_colours", "u_gap"].map((name) => [name, gl.getUniformLocation(this.program, name)]));
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    for (const [name, value] of [["MIN_FILTER", gl.NEAREST], ["MAG_FILTER", gl.NEAREST], ["WRAP_S", gl.CLAMP_TO_EDGE], ["WRAP_T", gl.CLAMP_TO_EDGE]]) gl.texParameteri(gl.TEXTURE_2D, gl[`TEXTURE_${name}`], value);
    this.#mesh(gl);
    this.#stale = true;
  }

  onRemove(map, gl) {
    for (const [kind, thing] of [["Program", this.program], ["Texture", this.texture], ["Buffer", this.buffer], ["Buffer", this.order], ["VertexArray", this.array]]) gl[`delete${kind}`](thing);
    this.#gl = null;
  }

  #mesh(gl) {
    const { columns, rows } = this.lattice;
    const vertices = [];
    const order = [];
    const across = PATCHES + 1;
    for (let j = 0; j <= PATCHES; j += 1) {
      for (let i = 0; i <= PATCHES; i += 1) {
        const [column, row] = [(columns * i) / PATCHES, (rows * j) / PATCHES];
        vertices.push(...this.lattice.offset(column, row), column, row);
        const at = j * across + i;
        if (i < PATCHES && j < PATCHES) order.push(at, at + 1, at + across, at + 1, at + across + 1, at + across);
      }
    }
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    this.buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(vertices), gl.STATIC_DRAW);
    ["a_offset", "a_at"].forEach((name, at) => {
      const place = gl.getAttribLocation(this.program, name);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 16, at * 8);
    });
    this.order = gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, new Uint16Array(order), gl.STATIC_DRAW);
    gl.bindVertexArray(null);
    this.many = order.length;
  }

  render(gl, { defaultProjectionData: { mainMatrix } }) {
    const [x, y] = this.lattice.origin;
    const matrix = Float64Array.from(mainMatrix); // moved to the grid's middle while there are digits enough
    for (let k = 0; k < 4; k += 1) matrix[12 + k] += matrix[k] * x + matrix[4 + k] * y;
    gl.useProgram(this.program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    if (this.#stale) this.#upload(gl);
    gl.uniformMatrix4fv(this.where.u_matrix, false, Float32Array.from(matrix));
    gl.uniform4fv(this.where.u_colours, this.colours);
    gl.uniform1f(this.where.u_gap, this.gap);
    gl.uniform1i(this.where.u_cells, 0);
    gl.bindVertexArray(this.array);
    gl.drawElements(gl.TRIANGLES, this.many, gl.UNSIGNED_SHORT, 0);
    gl.bindVertexArray(null);
  }

  #upload(gl) {
    for (const [name, value] of [["UNPACK_ALIGNMENT", 1], ["UNPACK_FLIP_Y_WEBGL", false], ["UNPACK_PREMULTIPLY_ALPHA_WEBGL", false]]) gl.pixelStorei(gl[name], value);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, this.lattice.columns, this.lattice.rows, 0, gl.RED_INTEGER, gl.UNSIGNED_BYTE, this.bytes);
    this.#stale = false;
  }
}

/** A program of two shaders. Throws with the compiler's own words. */
function link(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(`cells: ${gl.getProgramInfoLog(program)}`);
  return program;
}
