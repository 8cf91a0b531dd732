/**
 * All moving vehicles in one draw call: a custom layer of MapLibre that copies the fleet's columns to the graphics card
 * when they changed and lets the card do the gliding in between.
 *
 * It must never extrapolate and never ask the network. Positions go over as 32-bit floats relative to an origin near the
 * middle of the map, 6 mm fine within a degree of it.
 */
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from 'maplibre-gl';
import { FLAG, HEADING_UNKNOWN } from '../live/frame';
import type { Fleet } from '../live/fleet';
import { measured } from '../live/work';
import { mercatorX, mercatorY } from './mercator';
import { restMs } from './pace';
import type { Palette } from './palette';
import { isShown, shapeOf, type VehicleMask } from './vehicle-look';
import { FRAGMENT, VERTEX } from './vehicle-shaders';

const FLOATS = 9;
/** Ages are looked at again this often while nothing comes in. */
const REFRESH_MS = 5_000;
/** The origin moves when the map's middle is further from it than this (about 20 km). */
const ORIGIN_REACH = 5e-4;

/** What lies on top of the shape; the class stands above these bits. */
const BIT = { alarm: 1, chosen: 2 } as const;
const CLASS = 4;

interface Program {
  program: WebGLProgram;
  buffer: WebGLBuffer;
  array: WebGLVertexArrayObject;
  uniform: (name: string) => WebGLUniformLocation | null;
}

export interface VehicleLayerInput {
  fleet: Fleet;
  /** The server's time, ms. */
  serverNow: () => number;
  palette: () => Palette;
  chosen: () => number | null;
  /** A new object whenever other vehicles are to be shown. */
  mask: () => VehicleMask;
  /** 1 at a desk; larger on a wall. */
  scale: () => number;
  /** `true` while nothing may glide. */
  still: () => boolean;
  /** `false` while the connection is lost: the picture is old and looks so. */
  current: () => boolean;
}

/** The layer's name in the style: overlays stand below it. */
export const VEHICLE_LAYER = 'vehicles';

export class VehicleLayer implements CustomLayerInterface {
  readonly id = VEHICLE_LAYER;
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  readonly #input: VehicleLayerInput;
  #map: MapLibre | undefined;
  #program: Program | undefined;
  #columns = new Float32Array(0);
  #count = 0;
  #originX = 0;
  #originY = 0;
  #copiedAtMs = -Infinity;
  #copiedVersion = -1;
  #copiedChosen: number | null = null;
  #copiedMask: VehicleMask | undefined;
  /** When the picture that is drawn next was asked for; `undefined` while nothing glides. */
  #askedAtMs: number | undefined;
  #rest: number | undefined;

  constructor(input: VehicleLayerInput) {
    this.#input = input;
  }

  onAdd(map: MapLibre, gl: WebGLRenderingContext | WebGL2RenderingContext): void {
    this.#map = map;
    this.#program = build(gl as WebGL2RenderingContext);
    this.#copiedVersion = -1;
  }

  onRemove(_map: MapLibre, gl: WebGLRenderingContext | WebGL2RenderingContext): void {
    const gl2 = gl as WebGL2RenderingContext;
    window.clearTimeout(this.#rest);
    this.#rest = undefined;
    if (this.#program) {
      gl2.deleteVertexArray(this.#program.array);
      gl2.deleteBuffer(this.#program.buffer);
      gl2.deleteProgram(this.#program.program);
    }
    this.#program = undefined;
  }

  render(context: WebGLRenderingContext | WebGL2RenderingContext, args: CustomRenderMethodInput): void {
    const gl = context as WebGL2RenderingContext;
    const map = this.#map;
    if (!map || !this.#program) return;
    const nowMs = performance.now();
    const program = this.#program;
    measured('layer', () => this.#copyIfChanged(gl, program, map, nowMs));
    measured('layer', () => {
      if (this.#count > 0) this.#draw(gl, program, map, args, nowMs);
    });
    if (nowMs < this.#input.fleet.stillFromMs && !this.#input.still()) this.#askAgain(map, nowMs);
    else this.#askedAtMs = undefined;
  }

  #askAgain(map: MapLibre, nowMs: number): void {
    if (this.#rest !== undefined) return;
    const rest = this.#askedAtMs === undefined ? 0 : restMs(nowMs - this.#askedAtMs);
    this.#askedAtMs = nowMs + rest;
    if (rest === 0) {
      map.triggerRepaint();
      return;
    }
    this.#rest = window.setTimeout(() => {
      this.#rest = undefined;
      this.#askedAtMs = performance.now();
      map.triggerRepaint();
    }, rest);
  }

  #copyIfChanged(gl: WebGL2RenderingContext, program: Program, map: MapLibre, nowMs: number): void {
    const { fleet } = this.#input;
    const centre = map.getCenter();
    const x = mercatorX(centre.lng);
    const y = mercatorY(centre.lat);
    const far = Math.hypot(x - this.#originX, y - this.#originY) > ORIGIN_REACH;
    const chosen = this.#input.chosen();
    const mask = this.#input.mask();
    const same =
      fleet.version === this.#copiedVersion && chosen === this.#copiedChosen && mask === this.#copiedMask;
    if (same && !far && nowMs - this.#copiedAtMs < REFRESH_MS) return;
    if (far) {
      this.#originX = x;
      this.#originY = y;
    }
    this.#copiedAtMs = nowMs;
    this.#copiedVersion = fleet.version;
    this.#copiedChosen = chosen;
    this.#copiedMask = mask;
    this.#fillColumns(chosen, mask, nowMs);
    gl.bindBuffer(gl.ARRAY_BUFFER, program.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.#columns.subarray(0, this.#count * FLOATS), gl.DYNAMIC_DRAW);
  }

  #fillColumns(chosen: number | null, mask: VehicleMask, nowMs: number): void {
    const { fleet } = this.#input;
    const { key, fromX, fromY, toX, toY, startMs, glideMs, fixedAtMs, speed, heading, flags, kind } = fleet;
    const serverNow = this.#input.serverNow();
    if (this.#columns.length < fleet.size * FLOATS) this.#columns = new Float32Array(fleet.size * FLOATS * 2);
    const out = this.#columns;
    const originX = this.#originX;
    const originY = this.#originY;
    // What is drawn last lies on top: plain vehicles fill from the front, those that must be seen from the back.
    let plain = 0;
    let marked = fleet.size;
    for (let i = 0; i < fleet.size; i += 1) {
      const bits = (flags[i]! & FLAG.alarm ? BIT.alarm : 0) + (key[i] === chosen ? BIT.chosen : 0);
      const shape = shapeOf(speed[i]!, heading[i]!, flags[i]!, serverNow - fixedAtMs[i]!);
      if (bits === 0 && !isShown(mask, kind[i]!, shape, flags[i]!)) continue;
      const at = FLOATS * (bits === 0 ? plain++ : --marked);
      out[at] = fromX[i]! - originX;
      out[at + 1] = fromY[i]! - originY;
      out[at + 2] = toX[i]! - originX;
      out[at + 3] = toY[i]! - originY;
      out[at + 4] = startMs[i]! - nowMs;
      out[at + 5] = glideMs[i]!;
      out[at + 6] = heading[i] === HEADING_UNKNOWN ? 0 : (heading[i]! * 2 * Math.PI) / 180;
      out[at + 7] = shape;
      out[at + 8] = bits + CLASS * kind[i]!;
    }
    // Those that are switched off left a gap between the two.
    out.copyWithin(plain * FLOATS, marked * FLOATS, fleet.size * FLOATS);
    this.#count = plain + fleet.size - marked;
  }

  #draw(
    gl: WebGL2RenderingContext,
    { program, array, uniform }: Program,
    map: MapLibre,
    args: CustomRenderMethodInput,
    nowMs: number,
  ): void {
    const palette = this.#input.palette();
    const canvas = map.getCanvas();
    gl.useProgram(program);
    gl.uniformMatrix4fv(
      uniform('u_matrix'),
      false,
      shifted(args.defaultProjectionData.mainMatrix, this.#originX, this.#originY),
    );
    gl.uniform2f(uniform('u_pixel'), 2 / canvas.clientWidth, 2 / canvas.clientHeight);
    gl.uniform1f(uniform('u_now'), nowMs - this.#copiedAtMs);
    gl.uniform1f(uniform('u_radius'), vehicleRadius(map.getZoom()) * this.#input.scale());
    gl.uniform3fv(uniform('u_body'), palette.vehicle);
    gl.uniform3fv(uniform('u_quiet'), palette.vehicleQuiet);
    gl.uniform3fv(uniform('u_help'), palette.vehicleHelp);
    gl.uniform3fv(uniform('u_edge'), palette.vehicleEdge);
    gl.uniform3fv(uniform('u_alarm'), palette.alarm);
    gl.uniform3fv(uniform('u_chosen'), palette.chosen);
    gl.uniform1f(uniform('u_opacity'), this.#input.current() ? 1 : 0.45);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindVertexArray(array);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.#count);
    gl.bindVertexArray(null);
  }
}

/** CSS pixels of a plain vehicle: small where many stand together, large enough for the mark of its class near by. */
function vehicleRadius(zoom: number): number {
  return Math.min(14, Math.max(5, 5 + (zoom - 11) * 1.7));
}

/** The matrix that first moves by the origin, computed in double precision. Column-major, 16 numbers. */
function shifted(matrix: ArrayLike<number>, x: number, y: number): Float32Array {
  const out = new Float32Array(16);
  for (let i = 0; i < 12; i += 1) out[i] = matrix[i]!;
  for (let row = 0; row < 4; row += 1) out[12 + row] = matrix[row]! * x + matrix[4 + row]! * y + matrix[12 + row]!;
  return out;
}

function build(gl: WebGL2RenderingContext): Program {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) break;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(`vehicle shader: ${gl.getShaderInfoLog(shader) ?? ''}`);
    }
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`vehicle program: ${gl.getProgramInfoLog(program) ?? ''}`);
  }
  const buffer = gl.createBuffer();
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  let offset = 0;
  [2, 2, 2, 3].forEach((size, location) => {
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, size, gl.FLOAT, false, FLOATS * 4, offset);
    gl.vertexAttribDivisor(location, 1);
    offset += size * 4;
  });
  gl.bindVertexArray(null);
  const places = new Map<string, WebGLUniformLocation | null>();
  const uniform = (name: string) => {
    let place = places.get(name);
    if (place === undefined) {
      place = gl.getUniformLocation(program, name);
      places.set(name, place);
    }
    return place;
  };
  return { program, buffer, array, uniform };
}
