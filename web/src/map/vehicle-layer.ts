/**
 * All moving vehicles at once: a custom layer of MapLibre that copies the fleet's records to the graphics card when they
 * changed and lets the card do everything else: the gliding, the growing old, what is switched off and what lies on top.
 *
 * It must never extrapolate, never ask the network and never go through the vehicles. Places go over as whole numbers; the
 * card takes the map's middle off them, exactly, before it makes them floats.
 */
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet';
import { RECORD_WORDS, UNITS, WORD } from '../live/fleet-picture';
import { drawn, measured } from '../live/work';
import { mercatorX, mercatorY } from './mercator';
import { restMs } from './pace';
import type { Palette } from './palette';
import type { VehicleMask } from './vehicle-look';
import { FRAGMENT, VERTEX } from './vehicle-shaders';

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
  #copiedVersion = -1;
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
    measured('layer', () => {
      this.#copyIfChanged(gl, program);
      if (this.#input.fleet.size > 0) this.#draw(gl, program, map, args, nowMs);
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

  #copyIfChanged(gl: WebGL2RenderingContext, { buffer }: Program): void {
    const { fleet } = this.#input;
    if (fleet.version === this.#copiedVersion) return;
    this.#copiedVersion = fleet.version;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, fleet.records, gl.DYNAMIC_DRAW);
    drawn(fleet.atMs);
  }

  #draw(
    gl: WebGL2RenderingContext,
    { program, array, uniform }: Program,
    map: MapLibre,
    args: CustomRenderMethodInput,
    nowMs: number,
  ): void {
    const { fleet } = this.#input;
    const palette = this.#input.palette();
    const mask = this.#input.mask();
    const chosen = this.#input.chosen();
    const chosenSlot = chosen === null ? undefined : fleet.slot(chosen);
    const canvas = map.getCanvas();
    const centre = map.getCenter();
    const originX = Math.round(mercatorX(centre.lng) * UNITS);
    const originY = Math.round(mercatorY(centre.lat) * UNITS);
    gl.useProgram(program);
    gl.uniformMatrix4fv(uniform('u_matrix'), false, fromUnits(args.defaultProjectionData.mainMatrix, originX, originY));
    gl.uniform2i(uniform('u_origin'), originX | 0, originY | 0);
    gl.uniform2f(uniform('u_pixel'), 2 / canvas.clientWidth, 2 / canvas.clientHeight);
    gl.uniform1f(uniform('u_now'), nowMs - fleet.atMs);
    gl.uniform1f(uniform('u_since'), this.#input.serverNow() - fleet.baseMs);
    gl.uniform1i(uniform('u_chosen_slot'), chosenSlot ?? -1);
    gl.uniform1i(uniform('u_classes'), mask.classes);
    gl.uniform1i(uniform('u_shapes'), mask.shapes);
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
    // What is drawn last lies on top: those that must be seen.
    const rounds = fleet.alarms > 0 || chosenSlot !== undefined ? [0, 1] : [0];
    for (const marked of rounds) {
      gl.uniform1i(uniform('u_marked'), marked);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, fleet.size);
    }
    gl.bindVertexArray(null);
  }
}

/** CSS pixels of a plain vehicle: small where many stand together, large enough for the mark of its class near by. */
function vehicleRadius(zoom: number): number {
  return Math.min(14, Math.max(5, 5 + (zoom - 11) * 1.7));
}

/** The matrix for distances from the origin in `UNITS`, computed in double precision. Column-major, 16 numbers. */
function fromUnits(matrix: ArrayLike<number>, originX: number, originY: number): Float32Array {
  const out = new Float32Array(16);
  const x = originX / UNITS;
  const y = originY / UNITS;
  for (let i = 0; i < 12; i += 1) out[i] = i < 8 ? matrix[i]! / UNITS : matrix[i]!;
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
  const stride = RECORD_WORDS * 4;
  for (let location = 0; location < 3; location += 1) {
    gl.enableVertexAttribArray(location);
    gl.vertexAttribDivisor(location, 1);
  }
  gl.vertexAttribIPointer(0, 4, gl.INT, stride, WORD.fromX * 4);
  gl.vertexAttribPointer(1, 3, gl.FLOAT, false, stride, WORD.startMs * 4);
  gl.vertexAttribIPointer(2, 4, gl.UNSIGNED_BYTE, stride, WORD.look * 4);
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
